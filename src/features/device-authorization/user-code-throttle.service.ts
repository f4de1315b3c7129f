// Limits how many user codes a browser and a network may try (RFC 8628 §5.1). An attempt is counted before
// the lookup, so that concurrent attempts all count; if the code exists, the count is undone. All nodes share
// the counters. While they are unavailable, codes are refused.
import type { Audit } from '#core/audit/audit.service.ts';
import { networkOf } from '#platform/request/network.ts';
import { windowAt } from '#platform/short-lived/fixed-window.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

export const windowSeconds = 600;

/**
 * Maximum number of wrong codes per window. Of 20^8 codes, one network can try less than a hundred-millionth.
 */
const limits = { browser: 10, network: 60 } as const;

type Kind = keyof typeof limits;

export interface Guesser {
  /** The random cookie of the browser, which an attacker can drop, unlike the address. */
  readonly browser: string;
  readonly address: string;
  /** When the code was entered; the count is undone in the same window. */
  readonly at: Date;
}

export interface UserCodeThrottleDependencies {
  readonly store: ShortLivedStore;
  readonly audit: Audit;
  readonly enabled: boolean;
}

export function createUserCodeThrottle(dependencies: UserCodeThrottleDependencies) {
  const { store, audit, enabled } = dependencies;

  /** Returns whether this attempt exceeds the limit, and whether it is the first one to do so. */
  async function exceeds({ kind, key, ttlSeconds }: Counter) {
    const [tried, right] = await Promise.all([
      store.count('Throttle', key, ttlSeconds),
      store.get('Throttle', `${key} right`),
    ]);
    const over = tried - Number(right?.['count'] ?? 0) - limits[kind];
    return { refused: over > 0, first: over === 1 };
  }

  return {
    /** Returns false if the code must not be looked up. */
    async admit(guesser: Guesser): Promise<boolean> {
      if (!enabled) return true;
      const counts = await Promise.all(countersOf(guesser).map(exceeds));
      if (!counts.some(({ refused }) => refused)) return true;
      if (counts.some(({ first }) => first)) {
        await audit.append({ event: 'device_code.throttled', actor: { kind: 'anonymous' } });
      }
      return false;
    },
    /** Undoes the count after a code that exists. */
    async forgive(guesser: Guesser): Promise<void> {
      if (!enabled) return;
      await Promise.all(
        countersOf(guesser).map(({ key, ttlSeconds }) =>
          store.count('Throttle', `${key} right`, ttlSeconds),
        ),
      );
    },
  };
}

export type UserCodeThrottle = ReturnType<typeof createUserCodeThrottle>;

interface Counter {
  readonly kind: Kind;
  readonly key: string;
  readonly ttlSeconds: number;
}

function countersOf({ browser, address, at }: Guesser): readonly Counter[] {
  const { number, ttlSeconds } = windowAt(at, windowSeconds);
  return [
    { kind: 'browser', key: `user code browser ${browser} ${number}`, ttlSeconds },
    { kind: 'network', key: `user code network ${networkOf(address)} ${number}`, ttlSeconds },
  ];
}
