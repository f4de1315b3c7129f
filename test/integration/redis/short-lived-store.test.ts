// One test suite for all implementations of the short-lived store, with two connections as of two nodes.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { keySpaces } from '#platform/short-lived/short-lived.ts';
import { requireRedis } from '#test/support/services/redis.ts';
import {
  openMemory,
  openPostgres,
  openRedis,
  type Nodes,
} from '#test/support/services/short-lived-stores.ts';

const at = new Date('2030-01-01T00:00:00.900Z');
const consumed = Date.UTC(2030, 0, 1) / 1000;
const strangeKeys = ['__proto__', 'constructor', '', 'a:b', '{x}', 'ü\u0000😀', 'k'.repeat(5000)];
const strangeValue = {
  text: 'Grüße 😀 \u0000 \u2028 \ud800 "\\\r\n',
  bytes: String.fromCharCode(...Array.from({ length: 256 }, (_, index) => index)),
  numbers: [0, -0.1, 1e21, Number.MAX_SAFE_INTEGER, 3.141592653589793],
  empty: { list: [], object: {}, text: '', nothing: null },
  ['__proto__']: { isAdmin: true },
  constructor: 'plain',
};

describe('short-lived store in memory', () => describeStore(openMemory));
describe('short-lived store in Redis', requireRedis(), () => describeStore(openRedis));

describe('short-lived store in PostgreSQL', () => describeStore(openPostgres));

function describeStore(open: (t: TestContext) => Promise<Nodes>): void {
  it('shares an entry between all nodes until it is removed', async (t) => {
    const { one, other } = await open(t);

    await one.put('Interaction', 'a', { step: 1 }, 600);
    await other.put('Interaction', 'a', { step: 2 }, 600);

    assert.deepEqual(await one.get('Interaction', 'a'), { step: 2 });
    await one.remove('Interaction', 'a');
    assert.equal(await other.get('Interaction', 'a'), undefined);
    await one.remove('Interaction', 'a');
  });

  it('expires an entry, and renews its lifetime with each put', async (t) => {
    const { one, other, pass } = await open(t);
    await one.put('AccessToken', 'short', { n: 1 }, 600);
    await one.put('AccessToken', 'renewed', { n: 1 }, 600);

    await pass(500);
    await one.put('AccessToken', 'renewed', { n: 2 }, 600);
    assert.deepEqual(await other.get('AccessToken', 'short'), { n: 1 });
    await pass(100);

    assert.equal(await other.get('AccessToken', 'short'), undefined);
    assert.deepEqual(await other.get('AccessToken', 'renewed'), { n: 2 });
  });

  it('stores nothing that has already expired, and refuses an infinite lifetime', async (t) => {
    const { one } = await open(t);
    await one.put('AccessToken', 'a', { n: 1 }, 600);

    await one.put('AccessToken', 'a', { n: 2 }, 0);
    await one.put('AccessToken', 'b', { n: 2 }, -5);

    assert.equal(await one.get('AccessToken', 'a'), undefined);
    assert.equal(await one.get('AccessToken', 'b'), undefined);
    assert.equal(await one.claim('ReplayDetection', 'c', 0), false);
    for (const ttl of [NaN, Infinity]) {
      await assert.rejects(one.put('AccessToken', 'd', {}, ttl), RangeError);
      await assert.rejects(one.claim('ReplayDetection', 'd', ttl), RangeError);
      await assert.rejects(one.count('Throttle', 'd', ttl), RangeError);
    }
  });

  it('keeps the key spaces apart', async (t) => {
    const { one, other } = await open(t);

    for (const space of keySpaces) await one.put(space, 'same', { space }, 600);

    for (const space of keySpaces) assert.deepEqual(await other.get(space, 'same'), { space });
  });

  it('treats every key literally', async (t) => {
    const { one, other } = await open(t);
    for (const space of ['Interaction', 'DeviceCode'] as const) {
      for (const key of strangeKeys) assert.equal(await other.get(space, key), undefined);

      for (const key of strangeKeys) await one.put(space, key, { key }, 600);

      for (const key of strangeKeys) assert.deepEqual(await other.get(space, key), { key });
    }
  });

  it('returns values unchanged, consumed ones too', async (t) => {
    const { one, other } = await open(t);
    await one.put('AuthorizationCode', 'a', strangeValue, 600);
    await one.put('AuthorizationCode', 'b', {}, 600);

    assert.deepEqual(await other.get('AuthorizationCode', 'a'), strangeValue);
    await one.consume('AuthorizationCode', 'a', at);
    await one.consume('AuthorizationCode', 'b', at);

    assert.deepEqual(await other.get('AuthorizationCode', 'a'), { ...strangeValue, consumed });
    assert.deepEqual(await other.get('AuthorizationCode', 'b'), { consumed });
    assert.equal(Object.prototype.hasOwnProperty.call(Object.prototype, 'isAdmin'), false);
  });

  it('returns copies', async (t) => {
    const { one } = await open(t);
    const mine = { list: ['a'] };
    await one.put('Session', 'a', mine, 600);

    mine.list.push('b');
    const got = await one.get('Session', 'a');
    if (got) got['list'] = 'changed';

    assert.deepEqual(await one.get('Session', 'a'), { list: ['a'] });
  });

  it('grants one of 50 concurrent claims until it expires', async (t) => {
    const { one, other, pass } = await open(t);
    const claims = Array.from({ length: 50 }, (_, index) =>
      (index % 2 ? one : other).claim('ReplayDetection', 'proof', 600),
    );

    assert.equal((await Promise.all(claims)).filter(Boolean).length, 1);
    await pass(500);
    assert.equal(await other.claim('ReplayDetection', 'proof', 600), false);
    await pass(100);
    assert.equal(await other.claim('ReplayDetection', 'proof', 600), true);
  });

  it('lets put correct a claim and remove release it', async (t) => {
    const { one, other, pass } = await open(t);
    await one.claim('ReplayDetection', 'proof', 600);

    await one.put('ReplayDetection', 'proof', { iss: 'app' }, 900);
    await pass(700);

    assert.equal(await other.claim('ReplayDetection', 'proof', 600), false);
    await one.remove('ReplayDetection', 'proof');
    assert.equal(await other.claim('ReplayDetection', 'proof', 600), true);
  });

  it('lets one of 50 callers consume an entry, which stays readable', async (t) => {
    const { one, other, pass } = await open(t);
    await one.put('AuthorizationCode', 'code', { clientId: 'app' }, 600);
    await pass(400);

    const attempts = Array.from({ length: 50 }, (_, index) =>
      (index % 2 ? one : other).consume('AuthorizationCode', 'code', at),
    );

    assert.equal((await Promise.all(attempts)).filter(Boolean).length, 1);
    await pass(100);
    assert.deepEqual(await one.get('AuthorizationCode', 'code'), { clientId: 'app', consumed });
    assert.equal(await other.consume('AuthorizationCode', 'code', at), false);
    await pass(100);
    assert.equal(await one.get('AuthorizationCode', 'code'), undefined);
  });

  it('does not consume an entry that is missing or was stored as consumed', async (t) => {
    const { one, other } = await open(t);

    await one.put('DeviceCode', 'spent', { clientId: 'app', consumed: 7 }, 600);
    await one.put('DeviceCode', 'fresh', { consumed: undefined, clientId: 'app' }, 600);

    assert.equal(await other.consume('DeviceCode', 'missing', at), false);
    assert.equal(await other.get('DeviceCode', 'missing'), undefined);
    assert.equal(await other.consume('DeviceCode', 'spent', at), false);
    assert.deepEqual(await other.get('DeviceCode', 'spent'), { clientId: 'app', consumed: 7 });
    assert.equal(await other.consume('DeviceCode', 'fresh', new Date(0)), true);
    assert.ok((await other.get('DeviceCode', 'fresh'))?.['consumed']);
  });

  it('counts each of 50 simultaneous events, in a window that is not extended', async (t) => {
    const { one, other, pass } = await open(t);
    const counts = Array.from({ length: 50 }, (_, index) =>
      (index % 2 ? one : other).count('Throttle', 'address', 600),
    );

    const sums = (await Promise.all(counts)).toSorted((a, b) => a - b);
    await pass(500);

    assert.deepEqual(
      sums,
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
    assert.equal(await one.count('Throttle', 'address', 600), 51);
    assert.deepEqual(await other.get('Throttle', 'address'), { count: 51 });
    await pass(100);
    assert.equal(await other.count('Throttle', 'address', 600), 1);
  });

  it('counts one command for each call', async (t) => {
    const { one } = await open(t);
    const before = one.commands();

    await one.put('AuthorizationCode', 'a', {}, 600);
    await one.get('AuthorizationCode', 'a');
    await one.consume('AuthorizationCode', 'a', at);
    await one.claim('ReplayDetection', 'a', 600);
    await one.count('Throttle', 'a', 600);
    await one.remove('AuthorizationCode', 'a');
    await one.ping();

    assert.equal(one.commands() - before, 7);
  });
}
