// A list of items that wait for an answer, in no particular order. A Set would keep each item in memory until
// the next full garbage collection: V8 replaces the table of a Set when additions have filled it, and
// the former table, which is old by then, refers to the new one.

export interface Waiting {
  /** The index in the list; only the list writes it. */
  place: number;
}

export function createWaitingList<Item extends Waiting>() {
  const items: Item[] = [];
  return {
    isEmpty: () => items.length === 0,
    filter: (test: (item: Item) => boolean) => items.filter(test),
    add(item: Item): void {
      item.place = items.push(item) - 1;
    },
    /** Does nothing if the item was already removed. */
    remove(item: Item): void {
      const last = items[item.place] === item ? items.pop() : undefined;
      if (!last || last === item) return;
      items[item.place] = last;
      last.place = item.place;
    },
  };
}
