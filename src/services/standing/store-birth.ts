// Since when the short-lived store remembers. After it was emptied it knows nothing of proofs that
// were used before, so proofs made before its birth are refused: nothing can be replayed by way of
// a flush.
import type { ShortLivedStore } from '#stores/short-lived/short-lived.ts';

const key = 'since';
/** As good as for ever: the entry only goes when everything goes. */
const lifeSeconds = 10 * 365 * 24 * 60 * 60;

export interface StoreBirthDependencies {
  readonly store: ShortLivedStore;
  readonly now: () => Date;
}

export function createStoreBirth({ store, now }: StoreBirthDependencies) {
  /** Proofs carry whole seconds: so does the birth. */
  async function readOrNote(wholeSecond: (seconds: number) => number): Promise<Date> {
    const noted = await store.get('ReplayDetection', key);
    if (typeof noted?.['at'] === 'number') return new Date(noted['at']);
    const at = new Date(wholeSecond(now().getTime() / 1000) * 1000);
    // One node notes the time; whoever comes second has at most a moment's difference.
    if (await store.claim('ReplayDetection', key, lifeSeconds)) {
      await store.put('ReplayDetection', key, { at: at.getTime() }, lifeSeconds);
    }
    return at;
  }

  return {
    /** At a start: proofs of this second are not older than the store. */
    noteStart: () => readOrNote(Math.floor),
    /**
     * Never remembered: a flush counts from the moment it is met, on every node, and whatever was
     * made in that second may have been used before it.
     */
    since: () => readOrNote(Math.ceil),
  };
}

export type StoreBirth = ReturnType<typeof createStoreBirth>;
