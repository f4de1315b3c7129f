import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startEdge } from './edge-rig.ts';

const works = async () => undefined;
const fails = () => Promise.reject(new Error('postgres://secret@10.0.0.1 is away'));
const hangs = () => new Promise<void>(() => undefined);

describe('liveness', () => {
  it('is true whatever the parts do', async (t) => {
    const app = await startEdge(t, {
      probes: [{ name: 'database', check: hangs }],
      isStopping: () => true,
    });

    const { status, body } = await app.send({ path: '/health/live' });

    assert.deepEqual([status, body], [200, '{"status":"live"}']);
  });
});

describe('readiness', () => {
  it('is true while every part answers', async (t) => {
    const app = await startEdge(t, { probes: [{ name: 'database', check: works }] });

    const { status, headers, body } = await app.send({ path: '/health/ready' });

    assert.deepEqual([status, JSON.parse(body)], [200, { status: 'ready', failing: [] }]);
    assert.equal(headers['cache-control'], 'no-store');
  });

  it('names the part that fails and nothing else about it', async (t) => {
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

  it('does not wait for a part that hangs', async (t) => {
    const app = await startEdge(t, {
      probes: [{ name: 'short-lived', check: hangs }],
      probeTimeoutMs: 50,
    });

    const { status, body } = await app.send({ path: '/health/ready' });

    assert.deepEqual([status, JSON.parse(body).failing], [503, ['short-lived']]);
  });

  it('stays true, degraded, without a part that most requests do not need', async (t) => {
    const app = await startEdge(t, {
      probes: [{ name: 'mail', check: fails, isEssential: false }],
    });

    const { status, body } = await app.send({ path: '/health/ready' });

    assert.deepEqual([status, JSON.parse(body)], [200, { status: 'degraded', failing: ['mail'] }]);
  });

  it('ends when the process is about to stop', async (t) => {
    let isStopping = false;
    const app = await startEdge(t, { isStopping: () => isStopping });

    isStopping = true;
    const { status, body } = await app.send({ path: '/health/ready' });

    assert.deepEqual([status, JSON.parse(body).status], [503, 'stopping']);
  });

  it('asks the parts once for many who ask together', async (t) => {
    let rounds = 0;
    const check = async () => void (rounds += 1);
    const app = await startEdge(t, { probes: [{ name: 'database', check }] });

    await Promise.all(Array.from({ length: 20 }, () => app.send({ path: '/health/ready' })));

    assert.equal(rounds, 1);
  });

  it('can only be read', async (t) => {
    const app = await startEdge(t);

    assert.equal((await app.send({ method: 'POST', path: '/health/ready' })).status, 405);
    assert.equal((await app.send({ method: 'HEAD', path: '/health/ready' })).status, 200);
  });
});
