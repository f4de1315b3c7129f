// Properties of the Redis store only: keys that reveal no secrets, and short waits if Redis hangs,
// fails or is unreachable at start-up.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { createLog } from '#platform/logging/log.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import { createTestLog } from '#test/support/services/databases.ts';
import {
  openInspector,
  openRedisStore,
  requireRedis,
  startRedisProxy,
  testRedisUrl,
} from '#test/support/services/redis.ts';

/** The limit is 200 ms of waiting for Redis; the margin is for a busy machine. */
const maxWaitMs = 1000;
const unavailable = {
  name: 'AppError',
  code: 'store_unavailable',
  status: 503,
  retryAfterSeconds: 1,
};

const calls: Record<string, (store: ShortLivedStore) => Promise<unknown>> = {
  put: (store) => store.put('AccessToken', 'a', {}, 600),
  get: (store) => store.get('AccessToken', 'a'),
  remove: (store) => store.remove('AccessToken', 'a'),
  claim: (store) => store.claim('ReplayDetection', 'a', 600),
  consume: (store) => store.consume('AuthorizationCode', 'a', new Date()),
  count: (store) => store.count('Throttle', 'a', 600),
  ping: (store) => store.ping(),
};

async function openBehindProxy(t: TestContext) {
  const proxy = await startRedisProxy(t, testRedisUrl() ?? '');
  const { log, events } = recordEvents();
  const store = await openRedisStore({ url: proxy.url, log });
  t.after(() => store.close());
  return { proxy, store, events };
}

function recordEvents() {
  const lines: { event: string }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLog({ level: 'info', destination });
  return { log, events: () => lines.map((line) => line.event) };
}

/** Returns the milliseconds until the call fails as expected. */
async function failing(call: Promise<unknown>): Promise<number> {
  const began = performance.now();
  await assert.rejects(call, unavailable);
  return performance.now() - began;
}

/** Polls until Redis responds again. */
async function untilAnswered(store: ShortLivedStore): Promise<void> {
  const began = performance.now();
  while (
    !(await store.ping().then(
      () => true,
      () => false,
    ))
  ) {
    assert.ok(performance.now() - began < 5_000, 'Redis is still unavailable');
    await wait(10);
  }
}

describe('Redis entries', requireRedis(), () => {
  it('have keys with the prefix and without bearer values, except device codes', async (t) => {
    const url = testRedisUrl('-names') ?? '';
    const { client, prefix } = openInspector(t, url);
    const store = await openRedisStore({ url, log: createTestLog() });
    t.after(() => store.close());

    await store.put('AccessToken', 'secret', {}, 600);
    await store.put('DeviceCode', 'device', {}, 600);

    const names = (await client.keys(`${prefix}:*`)).toSorted();
    assert.deepEqual(names, [
      `${prefix}:AccessToken:K7gNU3sdo-OL0wNhqoVWhr3g6s1xYv72ol_pe_Unols`,
      `${prefix}:DeviceCode:device`,
    ]);
  });

  it('are counted although Redis has lost its scripts', async (t) => {
    const url = testRedisUrl('-flush') ?? '';
    const { client } = openInspector(t, url);
    const store = await openRedisStore({ url, log: createTestLog() });
    t.after(() => store.close());
    await store.count('Throttle', 'a', 600);

    await client.script('FLUSH');

    assert.equal(await store.count('Throttle', 'a', 600), 2);
  });
});

describe('Redis store while Redis hangs (waits at most 200 ms)', requireRedis(), () => {
  for (const [name, call] of Object.entries(calls)) {
    it(`fails ${name} in time, the next call at once, and recovers later`, async (t) => {
      const { proxy, store, events } = await openBehindProxy(t);
      await call(store);

      proxy.freeze();
      const firstMs = await failing(call(store));
      const nextMs = await failing(call(store));
      proxy.heal();
      await untilAnswered(store);

      assert.ok(firstMs <= maxWaitMs, `waited ${firstMs} ms`);
      assert.ok(nextMs < 150, `waited ${nextMs} ms although Redis was known to hang`);
      await call(store);
      assert.deepEqual(events(), ['redis.lost', 'redis.returned']);
    });
  }

  it('does not let calls queued behind a failed batch wait longer', async (t) => {
    const { proxy, store } = await openBehindProxy(t);
    proxy.freeze();

    const waits = [];
    for (let n = 0; n < 6; n += 1) {
      waits.push(failing(store.get('AccessToken', `${n}`)));
      await wait(30);
    }

    for (const ms of await Promise.all(waits)) assert.ok(ms <= maxWaitMs, `waited ${ms} ms`);
  });

  it('does not repeat a failed command after it reconnects', async (t) => {
    const { proxy, store } = await openBehindProxy(t);
    const key = 'counted';
    await store.count('Throttle', key, 600);

    proxy.freeze();
    await failing(store.count('Throttle', key, 600));
    proxy.cut();
    proxy.heal();
    await untilAnswered(store);

    assert.equal(await store.count('Throttle', key, 600), 2);
  });
});

describe('Redis store while this process is busy', requireRedis(), () => {
  it('waits for commands that it could not write for 500 ms', async (t) => {
    const { store, events } = await openDirectly(t, '-unwritten');

    const answers = Object.values(calls).map((call) => call(store));
    block(500);
    await Promise.all(answers);

    assert.deepEqual(events(), []);
  });

  it('waits for answers that it could not read for 500 ms', async (t) => {
    const { store, events } = await openDirectly(t, '-unread');

    const answers = Object.values(calls).map((call) => call(store));
    // The commands are written in the next turn.
    await new Promise((resolve) => void setImmediate(resolve));
    block(500);
    await Promise.all(answers);

    assert.deepEqual(events(), []);
  });

  it('still fails in time when Redis hangs, however long each turn takes', async (t) => {
    const { proxy, store, events } = await openBehindProxy(t);
    await store.ping();
    proxy.freeze();
    const busy = setInterval(() => block(40), 1);
    t.after(() => clearInterval(busy));

    const waitedMs = await failing(store.ping());

    assert.ok(waitedMs <= 5 * maxWaitMs, `waited ${waitedMs} ms`);
    assert.deepEqual(events(), ['redis.lost']);
  });
});

/** Computes, so that no other code of this process runs. */
function block(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

async function openDirectly(t: TestContext, suffix: string) {
  const { log, events } = recordEvents();
  const store = await openRedisStore({ url: testRedisUrl(suffix) ?? '', log });
  t.after(() => store.close());
  await store.ping();
  return { store, events };
}

describe('Redis store without a connection', requireRedis(), () => {
  it('fails every call at once, and recovers when Redis returns', async (t) => {
    const { proxy, store, events } = await openBehindProxy(t);

    proxy.cut();
    const waits = await Promise.all(Object.values(calls).map((call) => failing(call(store))));
    proxy.heal();
    await untilAnswered(store);

    for (const ms of waits) assert.ok(ms < 150, `waited ${ms} ms`);
    for (const call of Object.values(calls)) await call(store);
    assert.deepEqual(events(), ['redis.lost', 'redis.returned']);
  });

  it('closes without waiting for a response', async (t) => {
    const { proxy, store } = await openBehindProxy(t);
    proxy.freeze();

    const began = performance.now();
    await store.close();

    assert.ok(performance.now() - began <= maxWaitMs);
    await failing(store.ping());
  });
});

describe('Redis store at start-up', requireRedis(), () => {
  const log = createTestLog();

  it('reports the address and the reason if no server responds', async () => {
    await assert.rejects(openRedisStore({ url: 'unix:///nowhere/redis.sock', log }), {
      message:
        /^Redis at unix:\/\/\/nowhere\/redis\.sock cannot be used: .*ENOENT.* Check REDIS_URL\.$/,
    });
  });

  it('does not wait for a server that accepts a connection and never responds', async (t) => {
    const proxy = await startRedisProxy(t, testRedisUrl() ?? '');
    proxy.freeze();

    await assert.rejects(openRedisStore({ url: proxy.url, log }), /cannot be used/);
  });
});
