// The cache of lookups: what it keeps, and for how long.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { cacheMilliseconds, createTtlCache } from '#platform/ttl-cache.ts';

function createCache() {
  let at = 0;
  let loads = 0;
  const cache = createTtlCache<{ readonly load: number }>({
    load: async () => ({ load: (loads += 1) }),
    now: () => new Date(at),
  });
  return { ...cache, pass: (milliseconds: number) => void (at += milliseconds) };
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
}

describe('createTtlCache', () => {
  it('keeps a value for its whole lifetime, whatever else is looked up', async () => {
    const { get, pass } = createCache();
    await get('first');
    pass(cacheMilliseconds - 1);
    const { load } = await get('a');

    pass(cacheMilliseconds - 1);
    await get('b');
    assert.equal((await get('a')).load, load);

    pass(1);
    assert.notEqual((await get('a')).load, load);
  });

  it('forgets a subject, even if its value was cached before others', async () => {
    const { get, pass, forget } = createCache();
    await get('first');
    pass(cacheMilliseconds - 1);
    const { load } = await get('a', 'subject');
    pass(1);
    await get('b');

    forget('subject');

    assert.notEqual((await get('a', 'subject')).load, load);
  });

  it('holds no expired value, so that its size follows the load', async () => {
    const { get, pass } = createCache();
    const held: WeakRef<object>[] = [];
    for (let count = 0; count < 100; count += 1) {
      await get(`key ${count}`).then((value) => void held.push(new WeakRef(value)));
    }

    for (const key of ['later', 'still later']) {
      pass(cacheMilliseconds);
      await get(key);
    }
    await nextTurn();
    collectGarbage();

    const kept = held.filter((each) => each.deref() !== undefined);
    assert.equal(kept.length, 0);
  });
});
