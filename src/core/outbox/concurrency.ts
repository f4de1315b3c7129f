// Counts the operations in progress per key.

export function createCounters<Key>() {
  const counts = new Map<Key, number>();

  function change(key: Key, by: number): void {
    const count = (counts.get(key) ?? 0) + by;
    if (count === 0) counts.delete(key);
    else counts.set(key, count);
  }

  return {
    count: (key: Key): number => counts.get(key) ?? 0,
    atLeast: (least: number): Key[] =>
      [...counts].filter(([, count]) => count >= least).map(([key]) => key),
    /** Adds one; the returned function removes it. */
    add(key: Key): () => void {
      change(key, 1);
      return () => change(key, -1);
    },
  };
}
