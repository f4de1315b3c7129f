// Limits for password guessing: the numbers, and the delay that follows from a number of failures.
// Counting is in sign-in-throttle.service.ts; rate limits of other endpoints are in
// http/middleware/rate-limit.ts.

export interface GuessLimit {
  /** Failures without a delay. */
  readonly free: number;
  /** Failures after which every attempt is refused until the window ends. */
  readonly last: number;
  /** Length of the fixed windows in which failures are counted. */
  readonly windowSeconds: number;
}

/**
 * Failed sign-ins per counter. A known device has its own counter instead of the others, so that an
 * attacker cannot lock out the owner (ASVS 6.1.1). Each sign-in makes another known device, so all
 * those of an account share a limit as well. A hundred failures for one account, or for its known
 * devices, refuse further attempts for the day (NIST SP 800-63B-4 §3.2.2).
 */
export const guessLimits = {
  account: { free: 10, last: 100, windowSeconds: 24 * 60 * 60 },
  address: { free: 50, last: 500, windowSeconds: 60 * 60 },
  pair: { free: 5, last: 50, windowSeconds: 60 * 60 },
  device: { free: 10, last: 50, windowSeconds: 60 * 60 },
  devices: { free: 50, last: 100, windowSeconds: 24 * 60 * 60 },
} as const satisfies Record<string, GuessLimit>;

export type GuessKind = keyof typeof guessLimits;

const maxDelaySeconds = 15 * 60;

/** Delay in seconds after so many failures: none, then one second, doubling up to 15 minutes. */
export function delayAfter(failures: number, { free, last, windowSeconds }: GuessLimit): number {
  if (failures >= last) return windowSeconds;
  if (failures < free) return 0;
  return Math.min(maxDelaySeconds, 2 ** Math.min(failures - free, 20));
}

/**
 * Limits while Redis is unavailable: halved, because each node counts alone and an attacker may
 * switch nodes.
 */
export function strictly(limit: GuessLimit): GuessLimit {
  return { ...limit, free: Math.ceil(limit.free / 2), last: Math.ceil(limit.last / 2) };
}
