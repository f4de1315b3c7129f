// The timer that all statements share.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTimeouts, type Pending } from '#platform/database/pool/timeouts.ts';

describe('the timeout of a statement', () => {
  it('ends the wait for each that is due, in whatever order others ended', async () => {
    const timeouts = createTimeouts();
    const expired: string[] = [];
    const [first, second, third, fourth] = ['a', 'b', 'c', 'd'].map((name) => {
      const ended = Promise.withResolvers<void>();
      const pending: Pending = {
        dueAt: performance.now() + 30,
        place: -1,
        expire() {
          timeouts.forget(pending);
          expired.push(name);
          ended.resolve();
        },
      };
      timeouts.watch(pending);
      return { pending, ended: ended.promise };
    });
    assert.ok(first && second && third && fourth);

    timeouts.forget(first.pending);
    timeouts.forget(first.pending);
    timeouts.forget(third.pending);

    await waitFor(Promise.all([second.ended, fourth.ended]));
    assert.deepEqual(expired.toSorted(), ['b', 'd']);
  });

  it('is checked again after a time without any statement', async () => {
    const timeouts = createTimeouts();

    for (let time = 0; time < 2; time += 1) {
      await waitFor(
        new Promise<void>((expire) => {
          const pending: Pending = {
            dueAt: performance.now(),
            place: -1,
            expire() {
              timeouts.forget(pending);
              expire();
            },
          };
          timeouts.watch(pending);
        }),
      );
    }
  });
});

/** The timer of the timeouts does not keep this process running. */
async function waitFor<Result>(work: Promise<Result>): Promise<Result> {
  const running = setInterval(() => undefined, 1000);
  try {
    return await work;
  } finally {
    clearInterval(running);
  }
}
