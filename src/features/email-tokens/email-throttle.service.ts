// Rate limits for requesting mail and entering codes, per email address and network. Known and
// unknown addresses are counted alike, so that the response does not reveal accounts.
import { AppError, isAppError } from '#platform/errors.ts';
import { canonicalEmail } from '#core/users/email-addresses.ts';
import {
  codeTriesPerMailbox,
  mailLimits,
  type MailLimit,
  type MailLimitKind,
} from './email-tokens.ts';
import type { Log } from '#platform/logging/log.ts';
import { networkOf } from '#platform/request/network.ts';
import { windowAt } from '#platform/short-lived/fixed-window.ts';
import { createMemoryShortLived } from '#platform/short-lived/short-lived-memory.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

export interface MailRequest {
  /** The email address as entered. */
  readonly email: string;
  /** The IP address of the request. */
  readonly address: string;
  /** Present if this browser has signed in to the account before. */
  readonly knownDevice?: string | undefined;
}

export interface MailThrottleDependencies {
  readonly store: ShortLivedStore;
  readonly enabled: boolean;
  readonly log: Log;
  readonly now: () => Date;
}

export function createMailThrottle({ store, enabled, log, now }: MailThrottleDependencies) {
  const own = createMemoryShortLived({ now });

  async function countIn(name: string, { windowSeconds }: MailLimit): Promise<number> {
    const { number, ttlSeconds } = windowAt(now(), windowSeconds);
    const key = `${name} ${number}`;
    try {
      return await store.count('Throttle', key, ttlSeconds);
    } catch (error) {
      if (!isAppError(error, 'store_unavailable')) throw error;
      log.warn({ event: 'throttle.local' }, 'counting mail requests on this node only');
      // Each node counts double while it counts alone, because requests may be spread over nodes.
      return 2 * (await own.count('Throttle', key, ttlSeconds));
    }
  }

  /** The longest wait of the counters, in seconds. */
  async function waitFor(counters: readonly Counter[]): Promise<number> {
    const waits = counters.map(async ([kind, key]) => {
      const limit = mailLimits[kind];
      const count = await countIn(`mail ${kind} ${key}`, limit);
      return count > limit.most ? windowAt(now(), limit.windowSeconds).leftSeconds : 0;
    });
    return Math.max(0, ...(await Promise.all(waits)));
  }

  return {
    /**
     * Counts a request for mail. A request refused for its network is not counted for the mailbox,
     * so that one attacker cannot use up the requests of the owner.
     * @throws AppError `throttled` with the time to wait
     */
    async admit(request: MailRequest): Promise<void> {
      if (!enabled) return;
      const { own: mine, shared } = countersOf(request);
      const waiting = (await waitFor(mine)) || (await waitFor(shared));
      if (waiting === 0) return;
      throw new AppError('throttled', 'Too many mail requests. Please try again later.', {
        retryAfterSeconds: waiting,
      });
    },
    /** Counts an entered code. Returns false if the daily limit of the mailbox is reached. */
    async admitCode(emailKey: string): Promise<boolean> {
      if (!enabled) return true;
      return (await countIn(`code ${emailKey}`, codeTriesPerMailbox)) <= codeTriesPerMailbox.most;
    },
  };
}

export type MailThrottle = ReturnType<typeof createMailThrottle>;

type Counter = readonly [kind: MailLimitKind, key: string];

interface Counters {
  /** Counters of the requester. */
  readonly own: readonly Counter[];
  /** Counters of the mailbox, shared by all known devices or by all other requesters. */
  readonly shared: readonly Counter[];
}

function countersOf({ email, address, knownDevice }: MailRequest): Counters {
  const mailbox = canonicalEmail(email);
  if (knownDevice !== undefined) {
    return { own: [['device', `${knownDevice} ${mailbox}`]], shared: [['devices', mailbox]] };
  }
  const network = networkOf(address);
  const own: readonly Counter[] = [
    ['pair', `${network} ${mailbox}`],
    ['network', network],
  ];
  return { own, shared: [['mailbox', mailbox]] };
}
