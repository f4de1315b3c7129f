// Detects when the short-lived store may have lost or restored data. After a flush, a restore from
// an older copy or an eviction, the store may have forgotten single-use proofs that were used, and
// may contain tokens that were revoked. Proofs issued before that moment are therefore refused, and
// tokens issued before it are checked against the revocations in PostgreSQL.
import { isAppError } from '#platform/errors.ts';
import type { ShortLivedStore } from './short-lived.ts';

const key = 'since';
/** Practically unlimited: the entry should only disappear together with all others. */
const lifeSeconds = 10 * 365 * 24 * 60 * 60;

export interface RedisDataLossDependencies {
  readonly store: ShortLivedStore;
  readonly now: () => Date;
}

export function createRedisDataLoss({ store, now }: RedisDataLossDependencies) {
  // Known without a query: restoring a store breaks its connections.
  let met = { connections: store.connections(), at: now() };

  /** Proofs carry whole seconds, so the moment is rounded to a second. */
  async function readOrNote(wholeSecond: (seconds: number) => number): Promise<Date> {
    const [noted, mark] = await Promise.all([store.get('ReplayDetection', key), store.lossMark()]);
    const { at: notedAt, mark: notedMark } = noted ?? {};
    if (typeof notedAt === 'number' && notedMark === mark) return new Date(notedAt);
    // A moment recorded before the loss says nothing about the current second, so it is rounded up.
    const toSecond = noted ? Math.ceil : wholeSecond;
    const at = new Date(toSecond(now().getTime() / 1000) * 1000);
    // Nodes that detect the loss at the same time record nearly the same moment; either is valid.
    await store.put('ReplayDetection', key, { at: at.getTime(), mark }, lifeSeconds);
    return at;
  }

  return {
    /** On start: proofs issued in the current second are not older than the store. */
    async noteStart(): Promise<void> {
      try {
        const at = await readOrNote(Math.floor);
        met = { connections: store.connections(), at };
      } catch (error) {
        // An unavailable store does not prevent the start: the first proof records the moment
        // instead.
        if (!isAppError(error, 'store_unavailable')) throw error;
      }
    },
    /**
     * Never cached: every node must act on a loss as soon as it is detected. The moment is rounded
     * up, because a proof issued in that second may have been used before the loss.
     */
    since: () => readOrNote(Math.ceil),
    /** True for an entry that may come from an older copy of the store. */
    mayPredateLoss(madeAt: Date): boolean {
      const connections = store.connections();
      if (connections !== met.connections) met = { connections, at: now() };
      return madeAt <= met.at;
    },
  };
}

export type RedisDataLoss = ReturnType<typeof createRedisDataLoss>;
