// Caches lookups for at most one second, and shares one lookup between concurrent callers.

/** The longest time for which a change made by another process can go unnoticed. */
export const cacheMilliseconds = 1000;
const maximumEntries = 10_000;
/** Longer keys match nothing that is stored: they are looked up each time and not cached. */
const maxKeyLength = 255;

interface CacheEntry<Value> {
  readonly value: Promise<Value>;
  readonly until: number;
}

/** By subject and key. */
type Entries<Value> = Map<string, Map<string, CacheEntry<Value>>>;

/**
 * Copies a text, because a substring keeps the whole original (such as a URL of 12 KiB) in memory.
 */
function ownCopy(text: string): string {
  return Buffer.from(text).toString();
}

export interface TtlCacheOptions<Value> {
  readonly load: (key: string) => Promise<Value>;
  readonly now: () => Date;
  /** Called for each lookup, for metrics. */
  readonly lookedUp?: ((isHit: boolean) => void) | undefined;
}

export function createTtlCache<Value>({ load, now, lookedUp }: TtlCacheOptions<Value>) {
  let memory: Entries<Value> = new Map();
  /** The entries from before the last rotation, none of which will be valid at the next one. */
  let former: Entries<Value> = new Map();
  let size = 0;
  let nextTurn = 0;

  /** Drops expired entries, so that the cache holds the lookups of two seconds at most. */
  function turn(at: number): void {
    if (at < nextTurn) return;
    former = memory;
    memory = new Map();
    size = 0;
    nextTurn = at + cacheMilliseconds;
  }

  function keep(subject: string, key: string, entry: CacheEntry<Value>): void {
    if (size >= maximumEntries) forget();
    const entries = memory.get(subject) ?? new Map<string, CacheEntry<Value>>();
    if (!entries.has(key)) size += 1;
    memory.set(subject, entries.set(key, entry));
  }

  /** Removes the entries of one subject, or all entries. */
  function forget(subject?: string): void {
    size -= subject === undefined ? size : (memory.get(subject)?.size ?? 0);
    for (const entries of [memory, former]) {
      if (subject === undefined) entries.clear();
      else entries.delete(subject);
    }
  }

  return {
    /** @param subject the object on whose changes the value depends, such as a user */
    get(key: string, subject = key): Promise<Value> {
      const at = now().getTime();
      turn(at);
      const known = memory.get(subject)?.get(key) ?? former.get(subject)?.get(key);
      const isHit = known !== undefined && known.until > at;
      lookedUp?.(isHit);
      if (isHit) return known.value;
      const value = load(key);
      if (key.length > maxKeyLength) return value;
      keep(ownCopy(subject), ownCopy(key), { value, until: at + cacheMilliseconds });
      value.catch(() => forget(subject));
      return value;
    },
    forget,
  };
}
