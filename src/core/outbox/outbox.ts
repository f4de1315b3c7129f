// Rules of what is sent later: when it is tried again, and when it is given up.

/** Never worth another try: the app is gone, the address is none. Goes to the dead letters at once. */
export class Undeliverable extends Error {}

/** Attempts in all, spread over about 22 hours. */
export const mostAttempts = 12;
const firstDelaySeconds = 5;
const growth = 2.5;
/** Up to so much sooner or later, so that what failed together does not come back together. */
const jitter = 0.2;

/**
 * When to try again after that many failed attempts; `undefined`: no more.
 * @param chance from 0 to 1, by chance
 */
export function nextAttemptAt(attempts: number, failedAt: Date, chance: number): Date | undefined {
  if (attempts >= mostAttempts) return undefined;
  const delaySeconds = firstDelaySeconds * growth ** (attempts - 1);
  const scattered = delaySeconds * (1 + jitter * (2 * chance - 1));
  return new Date(failedAt.getTime() + scattered * 1000);
}
