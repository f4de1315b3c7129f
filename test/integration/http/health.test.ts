import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startEdge } from '#test/support/middleware-app.ts';

const works = async () => undefined;
const fails = () => Promise.reject(new Error('postgres://secret@10.0.0.1 is away'));
const hangs = () => new Promise<void>(() => undefined);

describe('GET /health/live', () => {
  it('responds with 200 although a dependency fails', async (t) => {
    const app = await startEdge(t, {
      probes: [{ name: 'database', check: hangs }],
      isStopping: () => true,
    });

    const { status, body } = await app.send({ path: '/health/live' });

    assert.deepEqual([status, body], [200, '{"status":"live"}']);
  });
});

describe('GET /health/ready', () => {
  it('responds with 200 while every probe succeeds', async (t) => {
    const app = await startEdge(t, { probes: [{ name: 'database', check: works }] });

    const { status, headers, body } = await app.send({ path: '/health/ready' });

    assert.deepEqual([status, JSON.parse(body)], [200, { status: 'ready', failing: [] }]);
    assert.equal(headers['cache-control'], 'no-store');
  });

  it('names the failing dependency and no details', async (t) => {
    const app = await startEdge(t, {
      probes: [
        { name: 'database', check: fails },
        { name: 'short-lived', check: works },
      ],
    });

    const { status, headers, body } = await app.send({ path: '/health/ready' });

    assert.equal(status, 503);
    assert.ok(headers['retry-after']);
    assert.deepEqual(JSON.parse(body), { status: 'unready', failing: ['database'] });
  });

  it('does not wait for a probe that hangs', async (t) => {
    const app = await startEdge(t, {
      probes: [{ name: 'short-lived', check: hangs }],
      probeTimeoutMs: 50,
    });

    const { status, body } = await app.send({ path: '/health/ready' });

    assert.deepEqual([status, JSON.parse(body).failing], [503, ['short-lived']]);
  });

  it('responds with 200 and "degraded" without an optional dependency', async (t) => {
    const app = await startEdge(t, {
      probes: [{ name: 'mail', check: fails, isEssential: false }],
    });

    const { status, body } = await app.send({ path: '/health/ready' });

    assert.deepEqual([status, JSON.parse(body)], [200, { status: 'degraded', failing: ['mail'] }]);
  });

  it('responds with 503 when the process is stopping', async (t) => {
    let isStopping = false;
    const app = await startEdge(t, { isStopping: () => isStopping });

    isStopping = true;
    const { status, body } = await app.send({ path: '/health/ready' });

    assert.deepEqual([status, JSON.parse(body).status], [503, 'stopping']);
  });

  it('runs each probe once for concurrent requests', async (t) => {
    let rounds = 0;
    const check = async () => void (rounds += 1);
    const app = await startEdge(t, { probes: [{ name: 'database', check }] });

    await Promise.all(Array.from({ length: 20 }, () => app.send({ path: '/health/ready' })));

    assert.equal(rounds, 1);
  });

  it('supports only GET and HEAD', async (t) => {
    const app = await startEdge(t);

    assert.equal((await app.send({ method: 'POST', path: '/health/ready' })).status, 405);
    assert.equal((await app.send({ method: 'HEAD', path: '/health/ready' })).status, 200);
  });
});
