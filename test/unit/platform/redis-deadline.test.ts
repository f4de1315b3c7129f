// Deadlines that count only time in which the event loop was free.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createDeadlines } from '#platform/redis/redis-deadline.ts';

const never = new Promise<never>(() => {});
const missed = { message: 'no answer within 100 ms' };

/** Lets a tick of 25 ms pass, as the event loop does after that time or, if it is busy, later. */
async function tick(t: TestContext, milliseconds = 25): Promise<void> {
  t.mock.timers.tick(milliseconds);
  await turn();
  await turn();
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const settled = promise.then(
    () => true,
    () => true,
  );
  return Promise.race([settled, turn(false)]);
}

describe('a deadline of 100 ms', () => {
  it('passes an answer or an error on', async () => {
    const { before } = createDeadlines(100);

    assert.equal(await before(Promise.resolve('answer')), 'answer');
    await assert.rejects(before(Promise.reject(new Error('refused'))), { message: 'refused' });
  });

  it('rejects after four ticks of 25 ms', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const call = createDeadlines(100).before(never);
    const rejects = assert.rejects(call, missed);

    for (let left = 3; left > 0; left -= 1) await tick(t);
    assert.equal(await isSettled(call), false);
    await tick(t);

    await rejects;
  });

  it('counts a late tick once, so that a busy process does not reach it', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { promise, resolve } = Promise.withResolvers<string>();
    const call = createDeadlines(100).before(promise);

    await tick(t, 500);
    assert.equal(await isSettled(call), false);
    resolve('late answer');

    assert.equal(await call, 'late answer');
  });

  it('does not count the tick in which the call began', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { before } = createDeadlines(100);
    const first = assert.rejects(before(never), missed);
    t.mock.timers.tick(20);
    const second = before(never);
    const secondRejects = assert.rejects(second, missed);

    await tick(t, 5);
    for (let left = 3; left > 0; left -= 1) await tick(t);
    await first;
    assert.equal(await isSettled(second), false);
    await tick(t);

    await secondRejects;
  });
});
