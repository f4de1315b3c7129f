// Time as a test wants it: stands still, moves by hand, and runs on by itself after the test. The
// engine reads the same clock as we do, so `Date` itself is held; the stores' own lives run on.
import type { TestContext } from 'node:test';

export interface Clock {
  advance(seconds: number): void;
  /** Seconds since 1970. */
  seconds(): number;
}

export function holdClock(t: TestContext): Clock {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  return {
    advance: (seconds) => t.mock.timers.tick(seconds * 1000),
    seconds: () => Math.floor(Date.now() / 1000),
  };
}
