// `npm run bench:metrics`: processor time of requests with and without metrics. Two applications in
// one process take turns in short batches, so that other load on the machine affects both alike: the
// difference is smaller than the noise of two processes. The figures include the client. A scrape
// costs the same however many requests there are, and is measured apart.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { BenchServices } from '#bench/services.ts';
import { formatTable } from '#bench/table.ts';
import { readConfig } from '#config/config.ts';
import { createLog } from '#platform/logging/log.ts';
import { noMetrics, type Metrics } from '#platform/metrics/metrics.ts';
import { collectProcessMetrics } from '#platform/metrics/process-metrics.ts';
import { createPrometheusMetrics, renderScraped } from '#platform/metrics/prometheus-metrics.ts';
import { createApp } from '#server/app.ts';
import { openServices } from '#server/composition.ts';
import { createHttpServer } from '#server/http-server.ts';
import { createHttpClient } from '#test/support/actors/http-client.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { register } from './materials.ts';

const issuer = 'http://localhost:3000';
const batchSize = 40;

/** Sends one request, which must succeed. */
type SendOne = () => Promise<void>;

export interface MetricsOptions {
  /** Batches of each application. */
  readonly rounds: number;
  readonly say: (text: string) => void;
}

export async function measureMetrics(
  services: BenchServices,
  t: CleanUp,
  { rounds, say }: MetricsOptions,
): Promise<void> {
  const metrics = await createPrometheusMetrics();
  collectProcessMetrics(metrics, { version: 'bench' });
  const without = await startApp(services, t, noMetrics);
  const withMetrics = await startApp(services, t, metrics);
  const rows: string[][] = [];
  for (const [flow, send] of Object.entries(without)) {
    const other = withMetrics[flow];
    if (other) rows.push([flow, ...(await compare(send, other, rounds))]);
  }
  say(formatTable([['flow', 'CPU us without', 'metrics us', 'ratio'], ...rows]));
  say(`\nA scrape takes ${(await costOfScrape(metrics)).toFixed(1)} ms of processor time.`);
}

async function compare(without: SendOne, withMetrics: SendOne, rounds: number) {
  await costOf(without);
  await costOf(withMetrics);
  const pairs: (readonly [number, number])[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = await costOf(without);
    const second = await costOf(withMetrics);
    // The third batch shows how the load of the machine changed meanwhile.
    pairs.push([(first + (await costOf(without))) / 2, second]);
  }
  const base = medianOf(pairs.map(([plain]) => plain));
  const difference = medianOf(pairs.map(([plain, measured]) => measured - plain));
  return [base.toFixed(0), difference.toFixed(1), (1 + difference / base).toFixed(3)];
}

/** Microseconds of processor time per request, with all threads of this process. */
async function costOf(send: SendOne): Promise<number> {
  const before = process.cpuUsage();
  for (let count = 0; count < batchSize; count += 1) await send();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / batchSize;
}

async function startApp(
  { createDatabase, redisUrl, directory }: BenchServices,
  t: CleanUp,
  metrics: Metrics,
): Promise<Readonly<Record<string, SendOne>>> {
  const name = randomBytes(4).toString('hex');
  const settings = {
    ISSUER: issuer,
    DATABASE_URL: await createDatabase(),
    REDIS_URL: `${redisUrl}?prefix=bench-${name}`,
    DATA_DIRECTORY: join(directory, name),
    RATE_LIMITS: 'off',
    ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    COOKIE_KEYS: randomBytes(32).toString('base64url'),
  };
  const { service, jwtAudience } = await register(settings, 1);
  const log = createLog({ level: 'silent' });
  const now = () => new Date();
  const services = await openServices({ config: readConfig(settings), log, now, metrics });
  t.after(() => services.close());
  const handle = (await createApp({ services, isStopping: () => false })).callback();
  const server = createHttpServer((req, res) => void handle(req, res)).listen(0, '127.0.0.1');
  t.after(async () => server.close().closeAllConnections());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a TCP port
  const send = createHttpClient(t, issuer, port);
  const authorization = `Basic ${btoa(`${service.clientId}:${service.clientSecret}`)}`;

  function post(fields: Readonly<Record<string, string>>): SendOne {
    const type = 'application/x-www-form-urlencoded';
    const headers = { Authorization: authorization, 'Content-Type': type };
    const body = new URLSearchParams(fields);
    return async () => {
      const answer = await send(`${issuer}/oauth2/token`, { method: 'POST', headers, body });
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`Status ${answer.status}: ${text}`);
    };
  }

  const grant = { grant_type: 'client_credentials' };
  return {
    'client_credentials, opaque': post(grant),
    'client_credentials, JWT': post({ ...grant, resource: jwtAudience }),
  };
}

const scrapes = 50;

/** Milliseconds of processor time, after the flows have created their series. */
async function costOfScrape(
  metrics: Awaited<ReturnType<typeof createPrometheusMetrics>>,
): Promise<number> {
  const before = process.cpuUsage();
  for (let count = 0; count < scrapes; count += 1) {
    await renderScraped([await metrics.scrape({ isShared: true })]);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / scrapes / 1000;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
