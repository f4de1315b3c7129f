// Binary heap of entries by expiry: the first expires soonest, and any entry can be removed. It
// keeps the order only; its user expires, counts and evicts entries.

export interface Expiring {
  readonly expiresAtMs: number;
  /** Index in the heap, maintained by the queue; -1 outside of it. */
  position: number;
}

export function createExpiryQueue<Entry extends Expiring>() {
  const heap: Entry[] = [];

  function place(entry: Entry, position: number): void {
    heap[position] = entry;
    entry.position = position;
  }

  function rise(entry: Entry): void {
    while (entry.position > 0) {
      const parent = heap[(entry.position - 1) >> 1];
      if (!parent || parent.expiresAtMs <= entry.expiresAtMs) return;
      const { position } = parent;
      place(parent, entry.position);
      place(entry, position);
    }
  }

  function sink(entry: Entry): void {
    for (;;) {
      const left = heap[2 * entry.position + 1];
      const right = heap[2 * entry.position + 2];
      const child = right && left && right.expiresAtMs < left.expiresAtMs ? right : left;
      if (!child || child.expiresAtMs >= entry.expiresAtMs) return;
      const { position } = child;
      place(child, entry.position);
      place(entry, position);
    }
  }

  return {
    /** The entry that expires soonest. */
    first: (): Entry | undefined => heap[0],

    add(entry: Entry): void {
      place(entry, heap.length);
      rise(entry);
    },

    remove(entry: Entry): void {
      const { position } = entry;
      const last = heap.pop();
      entry.position = -1;
      if (!last || last === entry) return;
      place(last, position);
      rise(last);
      sink(last);
    },
  };
}
