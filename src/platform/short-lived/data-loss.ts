// Since when the short-lived store remembers. After it was emptied, brought back from an older copy,
// or has evicted entries, it may not know of proofs that were used before, and may know of tokens that
// were revoked. So proofs made before that are refused, and tokens made before that are looked up
// where revocations are written down: nothing comes back by way of a flush, a restore or an eviction.
import { isAppError } from '#platform/errors.ts';
import type { ShortLivedStore } from './short-lived.ts';

const key = 'since';
/** As good as for ever: the entry only goes when everything goes. */
const lifeSeconds = 10 * 365 * 24 * 60 * 60;

export interface StoreBirthDependencies {
  readonly store: ShortLivedStore;
  readonly now: () => Date;
}

export function createStoreBirth({ store, now }: StoreBirthDependencies) {
  // What this process knows without asking: a store that was put back has broken its connections.
  let met = { connections: store.connections(), at: now() };

  /** Proofs carry whole seconds: so does the birth. */
  async function readOrNote(wholeSecond: (seconds: number) => number): Promise<Date> {
    const [noted, mark] = await Promise.all([store.get('ReplayDetection', key), store.lossMark()]);
    const { at: notedAt, mark: notedMark } = noted ?? {};
    if (typeof notedAt === 'number' && notedMark === mark) return new Date(notedAt);
    // What was noted by a store that has lost something since says nothing about this second.
    const toSecond = noted ? Math.ceil : wholeSecond;
    const at = new Date(toSecond(now().getTime() / 1000) * 1000);
    // Nodes that find out together note moments that hardly differ; either will do.
    await store.put('ReplayDetection', key, { at: at.getTime(), mark }, lifeSeconds);
    return at;
  }

  return {
    /** At a start: proofs of this second are not older than the store. */
    async noteStart(): Promise<void> {
      try {
        const at = await readOrNote(Math.floor);
        met = { connections: store.connections(), at };
      } catch (error) {
        // A store that is away or slow keeps no node from starting: the first proof notes it then.
        if (!isAppError(error, 'store_unavailable')) throw error;
      }
    },
    /**
     * Never remembered: a loss counts from the moment it is met, on every node, and whatever was
     * made in that second may have been used before it.
     */
    since: () => readOrNote(Math.ceil),
    /** True for what is in the store and may be there from an older copy of it. */
    mayBeOld(madeAt: Date): boolean {
      const connections = store.connections();
      if (connections !== met.connections) met = { connections, at: now() };
      return madeAt <= met.at;
    },
  };
}

export type StoreBirth = ReturnType<typeof createStoreBirth>;
