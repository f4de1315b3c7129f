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
  let observed = { connections: store.connections(), at: now() };

  /** Proofs carry whole seconds, so the moment is rounded to a second. */
  async function readOrRecord(wholeSecond: (seconds: number) => number): Promise<Date> {
    const [stored, mark] = await Promise.all([store.get('ReplayDetection', key), store.lossMark()]);
    const { at: storedAt, mark: storedMark } = stored ?? {};
    if (typeof storedAt === 'number' && storedMark === mark) return new Date(storedAt);
    // A moment recorded before the loss says nothing about the current second, so it is rounded up.
    const toSecond = stored ? Math.ceil : wholeSecond;
    const at = new Date(toSecond(now().getTime() / 1000) * 1000);
    // Nodes that detect the loss at the same time record nearly the same moment; either is valid.
    await store.put('ReplayDetection', key, { at: at.getTime(), mark }, lifeSeconds);
    return at;
  }

  return {
    /** On start: proofs issued in the current second are not older than the store. */
    async recordStart(): Promise<void> {
      try {
        const at = await readOrRecord(Math.floor);
        observed = { connections: store.connections(), at };
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
    since: () => readOrRecord(Math.ceil),
    /** True for an entry that may come from an older copy of the store. */
    mayPredateLoss(createdAt: Date): boolean {
      const connections = store.connections();
      if (connections !== observed.connections) observed = { connections, at: now() };
      return createdAt <= observed.at;
    },
  };
}

export type RedisDataLoss = ReturnType<typeof createRedisDataLoss>;
