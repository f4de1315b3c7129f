// Remembers what was looked up for at most a second, and asks once when many ask together.

/** The longest that a change made by another process can go unnoticed. */
export const recallMilliseconds = 1000;
const recalledEntries = 10_000;

interface Recalled<Value> {
  readonly value: Promise<Value>;
  readonly until: number;
}

export interface RecallOptions<Value> {
  readonly load: (key: string) => Promise<Value>;
  readonly now: () => Date;
}

export function createRecall<Value>({ load, now }: RecallOptions<Value>) {
  const memory = new Map<string, Recalled<Value>>();
  return {
    get(key: string): Promise<Value> {
      const at = now().getTime();
      const known = memory.get(key);
      if (known && known.until > at) return known.value;
      if (memory.size >= recalledEntries) memory.clear();
      const value = load(key);
      memory.set(key, { value, until: at + recallMilliseconds });
      value.catch(() => memory.delete(key));
      return value;
    },
    /** Call after this process has changed what may be remembered. */
    forget(): void {
      memory.clear();
    },
  };
}
