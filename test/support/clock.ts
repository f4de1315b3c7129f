// Stops the clock for a test, which advances it explicitly. `Date` itself is mocked, because
// oidc-provider reads it as well. Lifetimes in Redis and PostgreSQL are not affected.
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
