// Properties of the in-process store only: bounded size, and guard entries that are never evicted.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createExpiryQueue } from '#platform/short-lived/expiry-queue.ts';
import { createMemoryShortLived } from '#platform/short-lived/short-lived-memory.ts';

const unavailable = { code: 'store_unavailable', status: 503, retryAfterSeconds: 1 };
/** Such an entry takes slightly more than 2 KiB including overhead. */
const value = { text: 'x'.repeat(900) };
/** Enough for ten entries. */
const limitBytes = 10 * 2300;

function openStore() {
  let nowMs = Date.UTC(2030, 0, 1);
  const store = createMemoryShortLived({ now: () => new Date(nowMs), limitBytes });
  return { store, pass: (seconds: number) => void (nowMs += seconds * 1000) };
}

describe('in-process store', () => {
  it('has a bounded size and evicts the entry that expires first', async () => {
    const { store } = openStore();
    for (let n = 0; n < 12; n += 1) await store.put('Session', `${n}`, value, 600 - n);

    const kept = [];
    for (let n = 0; n < 12; n += 1) if (await store.get('Session', `${n}`)) kept.push(n);

    assert.deepEqual(kept, [0, 1, 2, 3, 4, 5, 6, 7, 8, 11]);
  });

  it('frees expired entries before it evicts others', async () => {
    const { store, pass } = openStore();
    for (let n = 0; n < 9; n += 1) await store.put('Session', `old${n}`, value, 100);
    await store.put('Session', 'kept', value, 200);
    pass(100);

    for (let n = 0; n < 9; n += 1) await store.put('Session', `new${n}`, value, 300);

    assert.deepEqual(await store.get('Session', 'kept'), value);
    for (let n = 0; n < 9; n += 1) assert.deepEqual(await store.get('Session', `new${n}`), value);
  });

  it('does not grow when one entry is overwritten repeatedly', async () => {
    const { store } = openStore();
    await store.put('Session', 'kept', value, 100);

    for (let n = 0; n < 1000; n += 1) await store.put('Session', 'busy', value, 600);

    assert.deepEqual(await store.get('Session', 'kept'), value);
  });

  it('never evicts guards, and refuses new entries if only guards are left', async () => {
    const { store, pass } = openStore();
    await store.claim('ReplayDetection', 'proof', 60);
    await store.count('Throttle', 'address', 60);

    for (let n = 0; n < 50; n += 1) await store.put('Interaction', `${n}`, value, 600);
    assert.equal(await store.claim('ReplayDetection', 'proof', 60), false);
    assert.equal(await store.count('Throttle', 'address', 60), 2);

    const flood = async () => {
      for (let n = 0; n < 200; n += 1) await store.claim('ReplayDetection', `${n}`, 60);
    };
    await assert.rejects(flood(), unavailable);
    await assert.rejects(store.put('Interaction', 'late', value, 600), unavailable);
    pass(60);
    await store.put('Interaction', 'late', value, 600);
    assert.equal(await store.claim('ReplayDetection', 'proof', 60), true);
  });

  it('refuses an entry larger than its limit', async () => {
    const { store } = openStore();

    await assert.rejects(
      store.put('Session', 'a', { text: 'x'.repeat(limitBytes) }, 60),
      unavailable,
    );
  });
});

describe('expiry queue', () => {
  it('returns the remaining entries in order of expiry after removals', () => {
    const queue = createExpiryQueue<{ expiresAtMs: number; position: number }>();
    const entries = Array.from({ length: 500 }, (_, index) => ({
      expiresAtMs: (index * 7919) % 503,
      position: -1,
    }));
    for (const entry of entries) queue.add(entry);
    for (const [index, entry] of entries.entries()) if (index % 3 === 0) queue.remove(entry);

    const order = [];
    for (let first = queue.first(); first; first = queue.first()) {
      order.push(first.expiresAtMs);
      queue.remove(first);
    }

    const left = entries.filter((_, index) => index % 3 !== 0).map((entry) => entry.expiresAtMs);
    assert.deepEqual(
      order,
      left.toSorted((a, b) => a - b),
    );
    assert.ok(entries.every((entry) => entry.position === -1));
  });
});
