// The polling interval of requests that the user answers on another device: device codes (RFC 8628
// §3.5) and backchannel authentication (CIBA Core 1.0 §11). oidc-provider neither announces nor
// enforces it. The store decides, so that it holds across nodes.
import { errors } from 'oidc-provider';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

/** Seconds that a client waits between two polls, as announced in `interval`. */
export const pollingIntervalSeconds = 5;

/** Number of seconds that each early poll adds to the interval of its request. */
const slowDownSeconds = 5;

/** A poll that is sent exactly after the interval may arrive earlier, because network latency varies. */
const toleranceSeconds = 0.5;

export interface PollingLimit {
  /**
   * Counts a poll of a request that is still pending.
   * @param secret of the request: its device code or `auth_req_id`
   * @param remainingSeconds until the request expires
   * @throws SlowDown if the poll comes before the interval has passed
   */
  readonly admit: (secret: string, remainingSeconds: number) => Promise<void>;
}

export function createPollingLimit({ store }: { readonly store: ShortLivedStore }): PollingLimit {
  return {
    async admit(secret, remainingSeconds) {
      const key = `poll ${secret}`;
      const early = await store.get('Throttle', `${key} early`);
      if (await store.claim('Throttle', key, secondsAfter(Number(early?.['count'] ?? 0)))) return;
      const count = await store.count('Throttle', `${key} early`, Math.max(1, remainingSeconds));
      // The extended interval begins with this poll.
      await store.put('Throttle', key, {}, secondsAfter(count));
      throw new errors.SlowDown();
    },
  };
}

function secondsAfter(earlyPolls: number): number {
  return pollingIntervalSeconds + earlyPolls * slowDownSeconds - toleranceSeconds;
}
