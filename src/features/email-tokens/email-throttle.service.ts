// How often mail may be asked for, and how often codes may be typed, per address and network. Known
// and unknown addresses are counted alike: the answer tells nothing about accounts.
import { AppError, isAppError } from '#platform/errors.ts';
import { canonicalEmail } from '#core/users/email-addresses.ts';
import {
  codeTriesPerMailbox,
  mailLimits,
  type MailLimit,
  type MailLimitKind,
} from './email-tokens.ts';
import type { Log } from '#platform/logging/log.ts';
import { networkOf } from '#features/passwords/sign-in-throttle.service.ts';
import { createMemoryShortLived } from '#platform/short-lived/short-lived-memory.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

export interface MailRequest {
  /** As it was typed. */
  readonly email: string;
  /** As the edge saw it. */
  readonly address: string;
  /** Present when this browser has signed in to that account before. */
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

  /** Windows begin at whole multiples of their length, so that all nodes mean the same one. */
  async function countIn(name: string, { windowSeconds }: MailLimit): Promise<number> {
    const key = `${name} ${Math.floor(now().getTime() / 1000 / windowSeconds)}`;
    try {
      return await store.count('Throttle', key, windowSeconds);
    } catch (error) {
      if (!isAppError(error, 'store_unavailable')) throw error;
      log.warn({ event: 'throttle.local' }, 'counting mails on this node alone');
      // A node counts for itself then, and strictly: somebody may change nodes.
      return 2 * (await own.count('Throttle', key, windowSeconds));
    }
  }

  function leftOf({ windowSeconds }: MailLimit): number {
    return windowSeconds - (Math.floor(now().getTime() / 1000) % windowSeconds);
  }

  /** Seconds to wait by the strictest of them. */
  async function waitFor(counters: readonly Counter[]): Promise<number> {
    const waits = counters.map(async ([kind, key]) => {
      const limit = mailLimits[kind];
      const count = await countIn(`mail ${kind} ${key}`, limit);
      return count > limit.most ? leftOf(limit) : 0;
    });
    return Math.max(0, ...(await Promise.all(waits)));
  }

  return {
    /**
     * Counts a request for mail. One that its network may not make is none for the mailbox, so that a
     * single stranger does not use up what its owner may ask for.
     * @throws AppError `throttled` with the time to wait
     */
    async admit(request: MailRequest): Promise<void> {
      if (!enabled) return;
      const { own: mine, shared } = countersOf(request);
      const waiting = (await waitFor(mine)) || (await waitFor(shared));
      if (waiting === 0) return;
      throw new AppError('throttled', 'Too many mails were asked for. Please try again later.', {
        retryAfterSeconds: waiting,
      });
    },
    /** Counts a typed code; false: so many were wrong today that none is looked at any more. */
    async admitCode(emailKey: string): Promise<boolean> {
      if (!enabled) return true;
      return (await countIn(`code ${emailKey}`, codeTriesPerMailbox)) <= codeTriesPerMailbox.most;
    },
  };
}

export type MailThrottle = ReturnType<typeof createMailThrottle>;

type Counter = readonly [kind: MailLimitKind, key: string];

interface Counters {
  /** Of whoever asks. */
  readonly own: readonly Counter[];
  /** Of the mailbox, whoever asks. */
  readonly shared: readonly Counter[];
}

function countersOf({ email, address, knownDevice }: MailRequest): Counters {
  const mailbox = canonicalEmail(email);
  if (knownDevice !== undefined) {
    return { own: [['device', `${knownDevice} ${mailbox}`]], shared: [] };
  }
  const network = networkOf(address);
  const own: readonly Counter[] = [
    ['pair', `${network} ${mailbox}`],
    ['network', network],
  ];
  return { own, shared: [['mailbox', mailbox]] };
}
