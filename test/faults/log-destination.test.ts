// The log cannot be written: its reader has stopped, or its disk is full. Requests go on, lines are
// dropped and counted, and the audit log, which is in the database, misses nothing.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { inspectLog } from '#cli/doctor/network/log.ts';
import { readConfig } from '#config/config.ts';
import { cheapSettings } from '#test/support/app.ts';
import { createBrowser } from '#test/support/actors/cookie-browser.ts';
import { createHttpClient } from '#test/support/actors/http-client.ts';
import { until } from '#test/support/faults/fault-suite.ts';
import { startNodes } from '#test/support/faults/nodes.ts';
import { programDirectory } from '#test/support/services/built-program.ts';
import { findFreePorts } from '#test/support/services/free-ports.ts';
import { killAtExit } from '#test/support/services/kill-at-exit.ts';

/** Each request writes several lines; together they exceed the pipe and the buffer. */
const floodedRequests = 8_000;

/** A node with the standard error that the test passes. */
async function startNode(t: TestContext, stderr: 'pipe' | number) {
  const nodes = await startNodes(t, { count: 1 });
  const { databaseUrl, redisUrl, dataDirectory } = nodes.services.config;
  const port = Number(new URL(`http://localhost:${nodes.at(0).port}`).port);
  await nodes.at(0).kill();
  const [opsPort = 0] = await findFreePorts(1);
  const child = spawn(process.execPath, [join(programDirectory(), 'bin/start.mjs')], {
    cwd: dataDirectory,
    env: {
      PATH: process.env['PATH'],
      ...cheapSettings,
      ISSUER: nodes.issuer,
      PORT: String(port),
      OPS_PORT: String(opsPort),
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      DATA_DIRECTORY: dataDirectory,
      LOG_LEVEL: 'trace',
      RATE_LIMITS: 'off',
    },
    stdio: ['ignore', 'ignore', stderr],
  });
  t.after(killAtExit(() => void child.kill('SIGKILL')));
  t.after(() => void child.kill('SIGKILL'));
  const send = createHttpClient(t, nodes.issuer, port);
  await untilReady(() => send(`${nodes.issuer}/health/ready`));
  return { ...nodes, child, send, opsPort };
}

async function untilReady(probe: () => Promise<Response>): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const status = await probe().then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    await pause(100);
  }
  throw new Error('the node did not become ready');
}

type Running = Awaited<ReturnType<typeof startNode>>;

/** The finding of doctor about the destination of the log. */
async function diagnose({ opsPort }: Running): Promise<string> {
  const [, found] = await inspectLog(readConfig({ OPS_PORT: String(opsPort) }));
  return `${found?.state}: ${found?.message}`;
}

/** Signs in, and returns how often that is in the audit log. */
async function signIn({ createUser, issuer, send, services }: Running): Promise<number> {
  const user = await createUser();
  const form = await createBrowser(send, issuer).open('/auth/sign-in');
  const page = await form.press('sign-in', { login: user.email, password: user.password });
  assert.equal(page.status < 400, true, `${page.status}`);
  const entries = { user_id: user.id, event: 'sign_in.succeeded' };
  return (await services.db.knex('audit_events').where(entries).select('id')).length;
}

async function flood({ send, issuer }: Running): Promise<void> {
  const path = `${issuer}/${'x'.repeat(1000)}`;
  for (let sent = 0; sent < floodedRequests; sent += 100) {
    const batch = Array.from({ length: 100 }, async () => (await send(path)).arrayBuffer());
    await Promise.all(batch);
  }
}

async function memoryOf({ pid }: ChildProcess): Promise<number> {
  const { readFile } = await import('node:fs/promises');
  const [, kib = '0'] = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}

describe('a log whose reader has stopped', { timeout: 300_000 }, () => {
  it('delays no request, fills no memory, and says later how many lines were dropped', async (t) => {
    const node = await startNode(t, 'pipe');
    // The pipe is never read, so it fills up.
    node.child.stderr?.pause();
    await flood(node);
    const before = await memoryOf(node.child);

    const startedAt = performance.now();
    const recorded = await signIn(node);
    const milliseconds = performance.now() - startedAt;
    await flood(node);
    const after = await memoryOf(node.child);

    assert.equal(recorded, 1, 'the audit log has the sign-in');
    assert.ok(milliseconds < 5000, `${milliseconds} ms`);
    assert.match(await diagnose(node), /^fail: The log is blocked: \d+ characters are waiting/);
    t.diagnostic(`${before.toFixed(0)} MiB became ${after.toFixed(0)} MiB`);
    const [dropped] = await Promise.all([readUntilDropped(node), signIn(node)]);
    // Both floods wrote more lines than that, so the lines that were not dropped fit into the buffer.
    assert.ok(dropped > floodedRequests, String(dropped));
    await until('caught up', async () => (await diagnose(node)).startsWith('warn: '));
    assert.match(await diagnose(node), /^warn: \d+ lines were dropped since the server started/);
    node.child.kill('SIGTERM');
    const [code] = await once(node.child, 'exit');
    assert.equal(code, 0);
  });
});

/** Reads the log again, until it says how many lines are missing. */
async function readUntilDropped({ child }: Running): Promise<number> {
  let text = '';
  for await (const bytes of child.stderr ?? []) {
    text += String(bytes);
    const [, count] = /"event":"log\.dropped","count":(\d+)/.exec(text) ?? [];
    if (count !== undefined) {
      child.stderr?.resume();
      return Number(count);
    }
    text = text.slice(-200);
  }
  throw new Error('the log has ended');
}

describe('a log on a full disk', { skip: !existsSync('/dev/full'), timeout: 300_000 }, () => {
  it('fails no request, and the audit log is complete', async (t) => {
    const full = openSync('/dev/full', 'w');
    t.after(() => closeSync(full));
    const node = await startNode(t, full);

    const recorded = [await signIn(node), await signIn(node)];

    assert.deepEqual(recorded, [1, 1]);
    assert.match(await diagnose(node), /lines were dropped/);
    node.child.kill('SIGTERM');
    const [code] = await once(node.child, 'exit');
    assert.equal(code, 0);
  });
});
