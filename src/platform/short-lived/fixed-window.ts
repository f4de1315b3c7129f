// Fixed windows of counters. They start at multiples of their length, so that all nodes and all counters of a
// limit change windows together. Two successive windows together allow twice a limit.

/**
 * Seconds that a counter outlives its window: a node whose clock is behind must still find what was counted.
 */
const clockToleranceSeconds = 60;

export interface FixedWindow {
  /** Part of the name of every counter. */
  readonly number: number;
  readonly leftSeconds: number;
  /** Lifetime of a counter of this window. */
  readonly ttlSeconds: number;
}

export function windowAt(at: Date, windowSeconds: number): FixedWindow {
  const seconds = Math.floor(at.getTime() / 1000);
  return {
    number: Math.floor(seconds / windowSeconds),
    leftSeconds: windowSeconds - (seconds % windowSeconds),
    ttlSeconds: windowSeconds + clockToleranceSeconds,
  };
}
