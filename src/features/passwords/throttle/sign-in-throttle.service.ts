// Throttles password guessing without locking out the owner. An attempt is counted before the
// password is checked, so concurrent attempts are all counted; a correct password undoes its own
// counts, in the window in which they were made. Each node also counts in memory: it uses these
// counters while Redis is unavailable, and if Redis loses its counters an attacker regains only the
// free attempts.
import { canonicalEmail } from '#core/users/email-addresses.ts';
import { isAppError } from '#platform/errors.ts';
import {
  delayAfter,
  guessLimits,
  strictly,
  type GuessKind,
  type GuessLimit,
} from './sign-in-throttle.ts';
import { createDeadlines } from './deadlines.ts';
import { networkOf } from '#platform/request/network.ts';
import type { Log } from '#platform/logging/log.ts';
import { windowAt, type FixedWindow } from '#platform/short-lived/fixed-window.ts';
import { createMemoryShortLived } from '#platform/short-lived/short-lived-memory.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

/**
 * Limit in bytes of the local counters used while Redis is unavailable; when it is reached,
 * attempts that need a new counter are refused.
 */
const localCounterBytes = 12 * 1024 * 1024;
const announcedMilliseconds = 60_000;

export interface Attempt {
  readonly login: string;
  /** The client address, as determined behind the reverse proxy. */
  readonly address: string;
  /** Present when this browser has signed in to this account before. */
  readonly knownDevice: string | undefined;
}

export type Admission =
  | { readonly ok: true; readonly counters: readonly Counter[] }
  | {
      readonly ok: false;
      readonly retryAfterSeconds: number;
      /** The counters that refuse the attempt and for which an audit entry is due. */
      readonly news: readonly GuessKind[];
    };

interface Counter {
  readonly kind: GuessKind;
  /** Contains the number of the window, so that attempts and successes are counted in the same one. */
  readonly key: string;
  readonly window: FixedWindow;
}

interface Counted {
  readonly counter: Counter;
  readonly failures: number;
  readonly limit: GuessLimit;
}

export interface ThrottleDependencies {
  readonly store: ShortLivedStore;
  readonly enabled: boolean;
  readonly log: Log;
  readonly now: () => Date;
}

/** One round trip, which suffices for most attempts. */
async function countFailures(where: ShortLivedStore, counter: Counter): Promise<number> {
  const { kind, key, window } = counter;
  const [attempts, right] = await Promise.all([
    where.count('Throttle', `count ${kind} ${key}`, window.ttlSeconds),
    where.get('Throttle', `right ${kind} ${key}`),
  ]);
  return attempts - Number(right?.['count'] ?? 0);
}

export function createSignInThrottle({ store, enabled, log, now }: ThrottleDependencies) {
  const own = createMemoryShortLived({ now, limitBytes: localCounterBytes });

  // An attempt within a delay that this node knows is refused without store access and without being counted,
  // so that an attacker cannot exhaust the attempts of an account this way.
  const waits = createDeadlines(now);
  // At most one audit entry per counter and minute, so that repeated attempts cannot flood the
  // audit log.
  const announced = createDeadlines(now);

  function isNews({ kind, key }: Counter): boolean {
    const name = `${kind} ${key}`;
    if (announced.leftMilliseconds(name) > 0) return false;
    announced.set(name, announcedMilliseconds);
    return true;
  }

  async function delayOf(where: ShortLivedStore, counted: Counted): Promise<number> {
    const { counter, failures, limit } = counted;
    const { leftSeconds } = counter.window;
    if (failures > limit.last) return leftSeconds;
    const delaySeconds = Math.min(delayAfter(failures, limit), leftSeconds);
    if (delaySeconds === 0) return 0;
    const name = waitName(counter);
    // True for one attempt per delay, which proceeds; the others have to wait.
    const isFirst = await where.claim('Throttle', name, delaySeconds);
    waits.set(name, delaySeconds * 1000);
    return isFirst ? 0 : delaySeconds;
  }

  /** Seconds to wait before the attempt may proceed; 0: it may proceed and has been counted. */
  async function admitBy(counter: Counter): Promise<number> {
    const limit = guessLimits[counter.kind];
    const knownWait = Math.ceil(waits.leftMilliseconds(waitName(counter)) / 1000);
    if (knownWait > 0) return knownWait;
    // When the local memory is full, this counter is unknown here.
    const here = await countFailures(own, counter).catch(() => undefined);
    try {
      const shared = await countFailures(store, counter);
      // The free attempts are subtracted: successful sign-ins on other nodes are unknown here.
      const failures = Math.max(shared, (here ?? 0) - limit.free);
      return await delayOf(store, { counter, failures, limit });
    } catch (error) {
      const isAway = isAppError(error, 'store_unavailable');
      if (!isAway || here === undefined) throw error;
      log.warn(
        { event: 'throttle.local' },
        'Redis is unavailable: counting sign-in attempts on this node only',
      );
      return delayOf(own, { counter, failures: here, limit: strictly(limit) });
    }
  }

  return {
    async admit(attempt: Attempt): Promise<Admission> {
      if (!enabled) return { ok: true, counters: [] };
      const counters = countersOf(attempt, now());
      const left = await Promise.all(counters.map(admitBy));
      const retryAfterSeconds = Math.max(...left);
      if (retryAfterSeconds === 0) return { ok: true, counters };
      const refusing = counters.filter((_, position) => (left[position] ?? 0) > 0);
      const news = refusing.filter(isNews).map(({ kind }) => kind);
      return { ok: false, retryAfterSeconds, news };
    },
    /**
     * After a correct password, clears the failures of this device and of this address and account.
     */
    async forgive(counters: readonly Counter[]): Promise<void> {
      const forgiven = counters.filter(({ kind }) => kind === 'device' || kind === 'pair');
      const names = forgiven.flatMap((counter) => [
        `count ${counter.kind} ${counter.key}`,
        waitName(counter),
      ]);
      for (const name of names) waits.remove(name);
      // The other counters also count attempts of other devices: only this one is undone.
      const shared = counters.filter((counter) => !forgiven.includes(counter));
      const taken = [store, own].flatMap((where) =>
        shared.map(({ kind, key, window }) =>
          where.count('Throttle', `right ${kind} ${key}`, window.ttlSeconds),
        ),
      );
      await Promise.allSettled([
        ...taken,
        ...names.flatMap((name) => [store.remove('Throttle', name), own.remove('Throttle', name)]),
      ]);
    },
  };
}

export type SignInThrottle = ReturnType<typeof createSignInThrottle>;

function waitName({ kind, key }: Counter): string {
  return `wait ${kind} ${key}`;
}

function countersOf({ login, address, knownDevice }: Attempt, at: Date): readonly Counter[] {
  const count = (kind: GuessKind, name: string): Counter => {
    const window = windowAt(at, guessLimits[kind].windowSeconds);
    return { kind, key: `${name} ${window.number}`, window };
  };
  const account = canonicalEmail(login);
  if (knownDevice !== undefined) {
    return [count('device', `${knownDevice} ${account}`), count('devices', account)];
  }
  const network = networkOf(address);
  return [
    count('account', account),
    count('address', network),
    count('pair', `${network} ${account}`),
  ];
}
