// Since when the short-lived store remembers. After it was emptied it knows nothing of proofs that
// were used before, so proofs made before its birth are refused: nothing can be replayed by way of
// a flush.
import type { ShortLivedStore } from '#stores/short-lived.ts';
import { createRecall } from './recall.ts';

const key = 'since';
/** As good as for ever: the entry only goes when everything goes. */
const lifeSeconds = 10 * 365 * 24 * 60 * 60;

export interface StoreBirthDependencies {
  readonly store: ShortLivedStore;
  readonly now: () => Date;
}

export function createStoreBirth({ store, now }: StoreBirthDependencies) {
  async function readOrNote(): Promise<Date> {
    const noted = await store.get('ReplayDetection', key);
    if (typeof noted?.['at'] === 'number') return new Date(noted['at']);
    const at = now();
    await store.put('ReplayDetection', key, { at: at.getTime() }, lifeSeconds);
    return at;
  }

  const recalled = createRecall<Date>({ load: readOrNote, now });
  return {
    /** Looked up at most once a second. */
    since: (): Promise<Date> => recalled.get(key),
  };
}

export type StoreBirth = ReturnType<typeof createStoreBirth>;
