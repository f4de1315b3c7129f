// The delay that failed sign-in attempts cause.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  delayAfter,
  guessLimits,
  strictly,
} from '#features/passwords/throttle/sign-in-throttle.ts';

describe('throttling delay', () => {
  it('is zero at first, then doubles up to a quarter of an hour', () => {
    const limit = { free: 5, last: 100, windowSeconds: 3600 };

    const delays = [1, 4, 5, 6, 7, 8, 14, 15, 16, 99].map((failures) =>
      delayAfter(failures, limit),
    );

    assert.deepEqual(delays, [0, 0, 1, 2, 4, 8, 512, 900, 900, 900]);
  });

  it('is the rest of the window after a hundred failures of one account', () => {
    const { account } = guessLimits;

    assert.equal(account.last, 100);
    assert.equal(delayAfter(account.last, account), account.windowSeconds);
  });

  it('starts earlier on a node that cannot share its counters', () => {
    assert.ok(strictly(guessLimits.pair).free < guessLimits.pair.free);
  });
});
