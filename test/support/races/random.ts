// Pseudo-random choices determined by one number, so that a plan can be reproduced from its seed.

export interface Random {
  /** Returns a number in the range [0, 1). */
  next(): number;
  /** Returns an integer from 0 to limit - 1. */
  below(limit: number): number;
  isLikely(probability: number): boolean;
  oneOf<Item>(items: readonly [Item, ...Item[]]): Item;
  shuffled<Item>(items: readonly Item[]): readonly Item[];
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  /** Mulberry32 passes the usual statistical tests and is short. */
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const below = (limit: number): number => Math.floor(next() * limit);

  return {
    next,
    below,
    isLikely: (probability) => next() < probability,
    oneOf: (items) => items[below(items.length)] ?? items[0],
    shuffled(items) {
      const keyed = items.map((item) => ({ item, key: next() }));
      return keyed.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
    },
  };
}
