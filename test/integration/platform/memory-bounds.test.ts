// The memory that a node uses for anonymous clients is bounded, however many there are and however
// long their input is.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Context } from '#http/context.ts';
import { createRateLimit, createRateLimiter } from '#http/middleware/rate-limit.ts';
import { createSignInThrottle } from '#features/passwords/throttle/sign-in-throttle.service.ts';
import { createTtlCache } from '#platform/ttl-cache.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import { createTestLog } from '#test/support/services/databases.ts';

/** More than any limit, so that 100,000 would cause no further growth. */
const strangers = 40_000;
const maxMegabytes = 30;
const now = () => new Date();

/** A store that uses no memory of this process, as Redis does. */
const elsewhere: Pick<ShortLivedStore, 'count' | 'get' | 'claim' | 'remove'> = {
  count: async () => 1,
  get: async () => undefined,
  claim: async () => true,
  remove: async () => undefined,
};

it('grows by less than 30 MB for 40,000 requests from as many addresses', async () => {
  const store = elsewhere as ShortLivedStore; // the throttle calls no other method
  const throttle = createSignInThrottle({ store, enabled: true, log: createTestLog(), now });
  const addresses = { shorten: (path: string) => path };
  const limit = createRateLimit({
    addresses: Object(addresses),
    rateLimiter: createRateLimiter({ enabled: true, now }),
  });
  const loadCached = createTtlCache<undefined>({ load: async () => undefined, now });
  const before = heapMegabytes();

  for (let stranger = 0; stranger < strangers; stranger += 1) {
    const address = addressOf(stranger);
    await limit(requestFrom(address), async () => undefined);
    const login = `person-${stranger}@example.com`;
    await throttle.admit({ login, address, knownDevice: undefined });
    const query = `client_id=${stranger}&state=${'x'.repeat(3000)}`;
    await loadCached.get(query.slice('client_id='.length, query.indexOf('&')).padEnd(13, '-'));
    await loadCached.get(query);
  }

  const grownBy = heapMegabytes() - before;
  assert.ok(grownBy < maxMegabytes, `${grownBy.toFixed(1)} MB`);
  // Uses them once more, so that they are not garbage collected before the measurement.
  await Promise.all([limit(requestFrom('192.0.2.1'), async () => undefined), loadCached.get('a')]);
  await throttle.forgive([]);
});

function addressOf(stranger: number): string {
  const [high, low] = [stranger >> 16, stranger & 0xff_ff];
  return `2a00:${high.toString(16)}:${low.toString(16)}:1::1`;
}

/** The part of a request that the rate limit reads. */
function requestFrom(ip: string): Context {
  const request = { method: 'GET', path: '/oauth2/authorize', ip, state: {} };
  return Object({ ...request, status: 200, set: () => undefined });
}

function heapMegabytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed / 1e6;
}
