import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { afterPause, maxAttempts, maxWebhookAttempts, nextAttemptAt } from '#core/outbox/outbox.ts';
import { noon } from '#test/support/data/builders.ts';

function delaySeconds(attempts: number, chance = 0.5): number {
  const next = nextAttemptAt(attempts, noon, chance);
  assert.ok(next);
  return (next.getTime() - noon.getTime()) / 1000;
}

describe('retry delay', () => {
  it('starts at five seconds and increases', () => {
    assert.equal(delaySeconds(1), 5);
    assert.equal(delaySeconds(2), 12.5);
    assert.equal(delaySeconds(3), 31.25);
  });

  it('spreads the attempts over most of a day', () => {
    const attempts = Array.from({ length: maxAttempts - 1 }, (_, at) => delaySeconds(at + 1));
    const hours = attempts.reduce((sum, seconds) => sum + seconds, 0) / 3600;

    assert.ok(hours > 20 && hours < 24, `${hours} hours`);
  });

  it('differs between jobs that failed together', () => {
    assert.equal(delaySeconds(1, 0), 4);
    assert.equal(delaySeconds(1, 1), 6);
  });

  it('is at least the pause that the receiver asked for, up to twelve hours', () => {
    const next = nextAttemptAt(2, noon, 0.5) ?? noon;
    const seconds = (asked: number) =>
      (afterPause(next, noon, asked).getTime() - noon.getTime()) / 1000;

    assert.deepEqual([5, 60, 1e9].map(seconds), [12.5, 60, 43_200]);
  });

  it('ends after the last attempt', () => {
    assert.equal(nextAttemptAt(maxAttempts, noon, 0.5), undefined);
  });

  it('spreads the attempts for a webhook over three days, at most twelve hours apart', () => {
    const delays = Array.from({ length: maxWebhookAttempts - 1 }, (_, at) => {
      const next = nextAttemptAt(at + 1, noon, 0.5, 'webhook');
      return ((next?.getTime() ?? 0) - noon.getTime()) / 3_600_000;
    });
    const hours = delays.reduce((sum, each) => sum + each, 0);

    assert.ok(hours > 66 && hours < 72, `${hours} hours`);
    assert.equal(Math.max(...delays), 12);
    assert.equal(nextAttemptAt(maxWebhookAttempts, noon, 0.5, 'webhook'), undefined);
  });
});
