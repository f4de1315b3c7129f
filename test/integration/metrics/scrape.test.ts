// The listener of OPS_PORT, with one process and with several workers.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { findFreePorts } from '#test/support/services/free-ports.ts';
import {
  closeInReverse,
  createServerDatabase,
  openShell,
  startServer,
} from '#test/support/cli/shell.ts';
import { createDataDirectory, redisUrl, type CleanUp } from '#test/support/services/databases.ts';
import { scrapeFrom, type Exposition } from '#test/support/steps/metrics.ts';

async function start(t: CleanUp, more: Readonly<Record<string, string>>) {
  const works = closeInReverse(t);
  const [port = 0, opsPort = 0] = await findFreePorts(2);
  const settings = {
    NODE_ENV: 'test',
    PORT: String(port),
    OPS_PORT: String(opsPort),
    DATA_DIRECTORY: await createDataDirectory(works),
    ...more,
  };
  const server = await startServer(works, settings);
  const shell = await openShell(works, settings);
  return { port, opsPort, server, shell, issuer: `http://localhost:${port}` };
}

async function withWorkers(t: CleanUp, workers: number) {
  const DATABASE_URL = await createServerDatabase(t);
  const started = await start(t, { DATABASE_URL, REDIS_URL: redisUrl(), WORKERS: String(workers) });
  // The first worker announces that the server is ready; the others may still be starting.
  await until(async () => workersIn(started.server.log()).length === workers);
  return started;
}

/** On a connection of its own, so that the workers share the requests. */
async function get(url: string, method = 'GET'): Promise<number> {
  const sent = request(url, { method, agent: false });
  sent.end();
  const [answer] = await once(sent, 'response');
  answer.resume();
  return answer.statusCode;
}

const discovery = '/.well-known/openid-configuration';

function discoveries({ value }: Exposition): number {
  const labels = { method: 'GET', route: discovery, status: '2xx' };
  return value('ostiary_http_request_duration_seconds_count', labels) ?? 0;
}

describe('OPS_PORT', () => {
  it('serves /metrics to GET and HEAD, and nothing else', async (t) => {
    const { port, opsPort } = await start(t, {});
    const at = `http://127.0.0.1:${opsPort}`;

    const answers = {
      get: await get(`${at}/metrics`),
      head: await get(`${at}/metrics`, 'HEAD'),
      post: await get(`${at}/metrics`, 'POST'),
      other: await get(`${at}/`),
      api: await get(`${at}/auth/api/v1/users`),
      onPublicPort: await get(`http://localhost:${port}/metrics`),
    };

    const [ok, notFound] = [200, 404];
    assert.deepEqual(answers, {
      get: ok,
      head: ok,
      post: 405,
      other: notFound,
      api: notFound,
      onPublicPort: notFound,
    });
  });

  it('is checked by ostiary doctor', async (t) => {
    const { opsPort, shell } = await start(t, {});

    const { out } = await shell.run(['doctor']);

    assert.match(
      out,
      new RegExp(`ok +metrics: Prometheus can scrape http://127.0.0.1:${opsPort}/`),
    );
  });

  it('is on loopback by default', async (t) => {
    const { server } = await start(t, {});

    await until(async () => /"metrics\.listening","host":"127\.0\.0\.1"/.test(server.log()));
  });

  it('that is in use ends the start with a sentence', async (t) => {
    const { port } = await start(t, {});
    const works = closeInReverse(t);
    const DATA_DIRECTORY = await createDataDirectory(works);
    const settings = { NODE_ENV: 'test', PORT: '0', OPS_PORT: String(port), DATA_DIRECTORY };

    await assert.rejects(
      startServer(works, { ...settings, ISSUER: 'http://localhost:1' }),
      new RegExp(`Another program is using port ${port}. Stop it, or change OPS_PORT`),
    );
  });
});

describe('a scrape of a server with several workers', () => {
  it('adds up the workers, and reads facts about the installation once', async (t) => {
    const { issuer, opsPort } = await withWorkers(t, 2);
    const requests = 40;
    for (let count = 0; count < requests; count += 1) await get(`${issuer}${discovery}`);

    const scraped = await scrapeFrom(opsPort);

    assert.equal(discoveries(scraped), requests);
    assert.equal(scraped.value('ostiary_workers'), 2);
    assert.equal(
      scraped.value('ostiary_signing_key_age_seconds', { alg: 'RS256' }) === undefined,
      false,
    );
    assert.equal(scraped.value('ostiary_database_connections_max'), 16);
    assert.equal(scraped.value('ostiary_build_info'), 1);
    assert.equal(scraped.value('ostiary_scrape_unanswered_total'), 0);
  });

  it('keeps the totals of a worker that was killed', async (t) => {
    const { issuer, opsPort, server } = await withWorkers(t, 2);
    const requests = 30;
    for (let count = 0; count < requests; count += 1) await get(`${issuer}${discovery}`);
    await scrapeFrom(opsPort);
    const pids = workersIn(server.log());

    process.kill(Number(pids[0]), 'SIGKILL');
    await until(async () => server.log().includes('worker.ended'));

    assert.equal(discoveries(await scrapeFrom(opsPort)), requests);
  });

  it('keeps the totals of a worker that was told to stop', async (t) => {
    const { issuer, opsPort, server } = await withWorkers(t, 2);
    const requests = 30;
    for (let count = 0; count < requests; count += 1) await get(`${issuer}${discovery}`);
    const pids = workersIn(server.log());

    process.kill(Number(pids[0]), 'SIGTERM');
    await until(async () => server.log().includes('worker.ended'));

    assert.equal(discoveries(await scrapeFrom(opsPort)), requests);
  });

  it('answers while a worker hangs, with its last totals, and counts it', async (t) => {
    const { issuer, opsPort, server } = await withWorkers(t, 2);
    const requests = 30;
    for (let count = 0; count < requests; count += 1) await get(`${issuer}${discovery}`);
    await scrapeFrom(opsPort);
    const pid = Number(workersIn(server.log())[0]);
    process.kill(pid, 'SIGSTOP');

    const scraped = await scrapeFrom(opsPort);
    const next = await scrapeFrom(opsPort);
    process.kill(pid, 'SIGCONT');

    assert.equal(discoveries(scraped), requests);
    assert.equal(discoveries(next), requests);
    assert.notEqual(next.value('ostiary_outbox_jobs', { kind: 'mail', state: 'dead' }), undefined);
    assert.ok((next.value('ostiary_scrape_unanswered_total') ?? 0) >= 1);
    assert.notEqual(
      scraped.value('ostiary_process_cpu_seconds_total', { mode: 'user' }),
      undefined,
    );
  });
});

/** Each worker logs that it has started. */
function workersIn(log: string): readonly string[] {
  const lines = log.split('\n').filter((line) => line.includes('server.started'));
  return lines.map((line) => /"pid":(\d+)/.exec(line)?.[1] ?? '');
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const startedAt = performance.now();
  while (!(await isTrue())) {
    assert.ok(performance.now() - startedAt < 20_000, 'it took too long');
    await pause(50);
  }
}
