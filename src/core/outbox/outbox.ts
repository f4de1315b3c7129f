// Retry policy of the outbox: when a job is retried, and when it fails permanently.

/**
 * A failure that no retry can fix, such as a deleted client or an invalid address. The job becomes
 * a dead letter at once.
 */
export class Undeliverable extends Error {}

/** The receiver asked to wait this long before the next attempt. */
export class RetryLater extends Error {
  readonly seconds: number;

  constructor(message: string, seconds: number) {
    super(message);
    this.seconds = seconds;
  }
}

/** Maximum number of attempts, over about 22 hours. */
export const maxAttempts = 12;
/** Maximum number of attempts for a webhook or a stream of signals, over about three days. */
export const maxWebhookAttempts = 16;
const firstDelaySeconds = 5;
const growth = 2.5;
const longestDelaySeconds = 12 * 60 * 60;
/** A receiver cannot ask for a longer pause than the longest between two attempts. */
export const longestPauseSeconds = 12 * 60 * 60;
/** Relative variation, so that jobs that failed together are not retried together. */
const jitter = 0.2;

/**
 * Time of the next attempt after this many failures; `undefined` when there is none.
 * @param chance random number from 0 to 1
 */
export function nextAttemptAt(
  attempts: number,
  failedAt: Date,
  chance: number,
  kind?: string,
): Date | undefined {
  const isLong = kind === 'webhook' || kind === 'signal';
  if (attempts >= (isLong ? maxWebhookAttempts : maxAttempts)) return undefined;
  const growing = firstDelaySeconds * growth ** (attempts - 1);
  const delaySeconds = isLong ? Math.min(growing, longestDelaySeconds) : growing;
  const scattered = delaySeconds * (1 + jitter * (2 * chance - 1));
  return new Date(failedAt.getTime() + scattered * 1000);
}

/** The end of the pause that the receiver asked for, if it is later than the next attempt. */
export function afterPause(next: Date, failedAt: Date, pauseSeconds: number): Date {
  const asked = failedAt.getTime() + Math.min(pauseSeconds, longestPauseSeconds) * 1000;
  return asked > next.getTime() ? new Date(asked) : next;
}
