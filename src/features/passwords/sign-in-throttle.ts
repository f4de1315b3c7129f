// How often somebody may guess: the numbers, and the delay that follows from a number of failures.
// Counting is sign-in-throttle.service.ts; who is asked how often at other doors is
// http/middleware/rate-limit.ts.

export interface GuessLimit {
  /** Failures that cost nothing. */
  readonly free: number;
  /** Failures after which only time helps; the window then has to pass. */
  readonly last: number;
  /** Counted from the first failure. */
  readonly windowSeconds: number;
}

/**
 * Failed sign-ins, per key. A known device has a counter of its own and none of the others, so a
 * stranger who guesses can not keep the owner out (ASVS 6.1.1); a hundred failures on one account
 * end the guessing for the day (NIST SP 800-63B-4 3.2.2).
 */
export const guessLimits = {
  account: { free: 10, last: 100, windowSeconds: 24 * 60 * 60 },
  address: { free: 50, last: 500, windowSeconds: 60 * 60 },
  pair: { free: 5, last: 50, windowSeconds: 60 * 60 },
  device: { free: 10, last: 50, windowSeconds: 60 * 60 },
} as const satisfies Record<string, GuessLimit>;

export type GuessKind = keyof typeof guessLimits;

const longestDelaySeconds = 15 * 60;

/** Seconds to wait after so many failures: none, then one, doubling up to a quarter of an hour. */
export function delayAfter(failures: number, { free, last, windowSeconds }: GuessLimit): number {
  if (failures >= last) return windowSeconds;
  if (failures < free) return 0;
  return Math.min(longestDelaySeconds, 2 ** Math.min(failures - free, 20));
}

/** Without the shared store each node counts for itself, and strictly: a guesser may change nodes. */
export function strictly(limit: GuessLimit): GuessLimit {
  return { ...limit, free: Math.ceil(limit.free / 2), last: Math.ceil(limit.last / 2) };
}
