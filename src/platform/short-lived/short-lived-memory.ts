// Short-lived entries in the memory of this process, for development and single-process
// installations. Same contract as Redis; values are stored as text, so that callers cannot modify
// them by reference. A restart loses all entries. The size is bounded. When full, the entry that
// expires soonest is evicted, but never a guard (replay id, throttle), because losing one would
// permit a replay or more attempts. When only guards are left, a new entry is refused with
// store_unavailable. Later calls remove expired entries, a few at a time; no timer keeps the
// process alive.
import { AppError } from '#platform/errors.ts';
import { createExpiryQueue, type Expiring } from './expiry-queue.ts';
import {
  consumedAt,
  consumedStart,
  decodeEntry,
  encodeEntry,
  entryName,
  markConsumed,
  readTtlMs,
  type KeySpace,
  type ShortLivedStore,
} from './short-lived.ts';

/** Maximum total size in bytes, including overhead: about 40,000 sign-ins in progress. */
export const memoryLimitBytes = 64 * 1024 * 1024;
/** Overhead of an entry in bytes: the map, the queue and the objects. */
const overheadBytes = 256;
/** Maximum number of expired entries that one call removes, which bounds its duration. */
const sweptPerCall = 32;

const guardSpaces: ReadonlySet<KeySpace> = new Set<KeySpace>(['ReplayDetection', 'Throttle']);

interface Entry extends Expiring {
  readonly name: string;
  readonly isGuard: boolean;
  readonly sizeBytes: number;
  readonly text: string;
}

interface Dependencies {
  readonly now: () => Date;
  readonly limitBytes?: number;
}

export function createMemoryShortLived({ now, limitBytes }: Dependencies): ShortLivedStore {
  const entries = createEntries(() => now().getTime(), limitBytes ?? memoryLimitBytes);
  let commands = 0;

  function begin(space: KeySpace, key: string) {
    commands += 1;
    entries.sweep();
    return { name: entryName(space, key), isGuard: guardSpaces.has(space) };
  }

  return {
    kind: 'memory',
    commands: () => commands,
    // Guards are never evicted, and a restart begins with an empty store.
    async lossMark() {
      return 'memory';
    },
    connections: () => 1,
    async ping() {
      commands += 1;
    },
    async close() {
      entries.clear();
    },

    async put(space, key, value, ttlSeconds) {
      const ttlMs = readTtlMs(ttlSeconds);
      const label = begin(space, key);
      entries.set(label, encodeEntry(value), now().getTime() + ttlMs);
    },

    async get(space, key) {
      const entry = entries.find(begin(space, key).name);
      return entry && decodeEntry(entry.text);
    },

    async remove(space, key) {
      entries.drop(entries.find(begin(space, key).name));
    },

    async claim(space, key, ttlSeconds) {
      const ttlMs = readTtlMs(ttlSeconds);
      const label = begin(space, key);
      if (ttlMs <= 0 || entries.find(label.name)) return false;
      entries.set(label, '{}', now().getTime() + ttlMs);
      return true;
    },

    async consume(space, key, at) {
      const label = begin(space, key);
      const entry = entries.find(label.name);
      if (!entry || entry.text.startsWith(consumedStart)) return false;
      entries.set(label, markConsumed(entry.text, consumedAt(at)), entry.expiresAtMs);
      return true;
    },

    async count(space, key, ttlSeconds) {
      const ttlMs = Math.max(1, readTtlMs(ttlSeconds));
      const label = begin(space, key);
      const entry = entries.find(label.name);
      const sum = 1 + Number(/^\{"count":(\d+)\}$/.exec(entry?.text ?? '')?.[1] ?? 0);
      entries.set(label, `{"count":${sum}}`, entry?.expiresAtMs ?? now().getTime() + ttlMs);
      return sum;
    },
  };
}

/** The entries, by name and ordered by expiry. */
function createEntries(nowMs: () => number, limitBytes: number) {
  const byName = new Map<string, Entry>();
  const guards = createExpiryQueue<Entry>();
  const others = createExpiryQueue<Entry>();
  let totalBytes = 0;

  const queueOf = (entry: Entry) => (entry.isGuard ? guards : others);
  const hasEnded = (entry: Entry) => entry.expiresAtMs <= nowMs();
  const firstEnded = () =>
    [guards.first(), others.first()].find((entry) => entry && hasEnded(entry));

  function drop(entry: Entry | undefined): void {
    if (!entry || !byName.delete(entry.name)) return;
    queueOf(entry).remove(entry);
    totalBytes -= entry.sizeBytes;
  }

  function makeRoom(sizeBytes: number): void {
    while (totalBytes + sizeBytes > limitBytes) {
      const victim = firstEnded() ?? others.first();
      if (!victim) throw full();
      drop(victim);
    }
  }

  return {
    drop,

    find(name: string): Entry | undefined {
      const entry = byName.get(name);
      return entry && !hasEnded(entry) ? entry : undefined;
    },

    set(label: Pick<Entry, 'name' | 'isGuard'>, text: string, expiresAtMs: number): void {
      const sizeBytes = 2 * (label.name.length + text.length) + overheadBytes;
      const entry = { ...label, text, expiresAtMs, sizeBytes, position: -1 };
      if (!hasEnded(entry)) makeRoom(sizeBytes); // throws before anything is changed
      drop(byName.get(label.name));
      if (hasEnded(entry)) return;
      byName.set(entry.name, entry);
      queueOf(entry).add(entry);
      totalBytes += sizeBytes;
    },

    sweep(): void {
      for (let left = sweptPerCall; left > 0; left -= 1) {
        const ended = firstEnded();
        if (!ended) return;
        drop(ended);
      }
    },

    clear(): void {
      while (guards.first() ?? others.first()) drop(guards.first() ?? others.first());
    },
  };
}

function full(): AppError {
  const message = 'This service is very busy. Please try again in a moment.';
  return new AppError('store_unavailable', message, { retryAfterSeconds: 1 });
}
