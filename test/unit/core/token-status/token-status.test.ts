// Places in status lists, and when a list is read and signed again.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inflateSync } from 'node:zlib';
import { decodeJwt, exportJWK, generateKeyPair } from 'jose';
import type { SigningKeySet } from '#core/keys/signing-key-set.service.ts';
import type { ChangeHandler } from '#core/subject-status/invalidation.service.ts';
import { encodeStatusList, listSize, maxUsedPlaces } from '#core/token-status/status-list.ts';
import { createStatusLists } from '#core/token-status/status-lists.service.ts';
import { createTokenStatuses } from '#core/token-status/token-statuses.service.ts';
import type { ListedToken, TokenStatusStore } from '#core/token-status/token-statuses.store.ts';

const issuer = 'https://id.example.com';
const token = {
  jti: 'x',
  userId: undefined,
  clientId: 'c',
  grantId: undefined,
  sessionUid: undefined,
  issuedAt: new Date(0),
  expiresAt: new Date(60_000),
};

describe('places of tokens', () => {
  it('are distinct within a list, which is replaced when an eighth of it is used, or after an hour', async () => {
    const rows: ListedToken[] = [];
    let at = new Date(0);
    const store = { add: async (row: ListedToken) => void rows.push(row) };
    const statuses = createTokenStatuses({
      store: store as Partial<TokenStatusStore> as TokenStatusStore, // only `add` is called
      issuer,
      now: () => at,
    });

    for (let count = 0; count <= maxUsedPlaces; count += 1) await statuses.list(token);
    at = new Date(61 * 60 * 1000);
    const last = await statuses.list(token);

    const lists = Map.groupBy(rows, ({ listId }) => listId);
    assert.deepEqual(
      [...lists.values()].map((each) => each.length),
      [maxUsedPlaces, 1, 1],
    );
    for (const each of lists.values()) {
      assert.equal(new Set(each.map(({ place }) => place)).size, each.length);
      assert.ok(each.every(({ place }) => place >= 0 && place < listSize));
    }
    assert.match(
      last.status_list.uri,
      /^https:\/\/id\.example\.com\/oauth2\/status-lists\/[\w-]+$/,
    );
  });

  it('are bits, of which the lowest of a byte is the first', () => {
    const { lst } = encodeStatusList([0, 9, listSize - 1]);

    const bytes = inflateSync(Buffer.from(lst, 'base64url'));
    assert.deepEqual([bytes[0], bytes[1], bytes.at(-1), bytes.length], [1, 2, 128, listSize / 8]);
  });
});

describe('a list', () => {
  async function aList() {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), kid: 'k', alg: 'ES256' };
    const keys = { current: () => ({ signing: [jwk] }), version: () => 'v' };
    let at = new Date(1_000_000_000);
    let revoked: readonly number[] | undefined = [];
    let queries = 0;
    let held: Promise<void> = Promise.resolve();
    const handlers: ChangeHandler[] = [];
    const lists = createStatusLists({
      store: {
        async revokedPlaces() {
          queries += 1;
          const found = revoked;
          await held;
          return found;
        },
      } as Partial<TokenStatusStore> as TokenStatusStore, // only this is called
      signingKeySet: keys as unknown as SigningKeySet, // only these two are called
      invalidation: { subscribe: (handler) => void handlers.push(handler) },
      issuer,
      now: () => at,
    });
    return {
      lists,
      queries: () => queries,
      hold(until: Promise<void>) {
        held = until;
      },
      revoke(places: readonly number[] | undefined) {
        revoked = places;
        for (const handle of handlers) handle({});
      },
      pass: (seconds: number) => void (at = new Date(at.getTime() + seconds * 1000)),
    };
  }

  it('is read once a second, and keeps its signature until it changes or minutes pass', async () => {
    const { lists, queries, revoke, pass } = await aList();
    const first = await lists.find('a');
    const second = await lists.find('a');
    pass(2);
    const third = await lists.find('a');
    assert.deepEqual([second, third, queries()], [first, first, 2]);

    revoke([3]);
    const changed = await lists.find('a');
    assert.notEqual(changed?.etag, first?.etag);
    pass(301);
    const later = await lists.find('a');
    assert.notEqual(later?.etag, changed?.etag);
    assert.equal(Number(decodeJwt(later?.jwt ?? '').iat), 1_000_303);
    revoke(undefined);
    assert.equal(await lists.find('a'), undefined);
  });

  it('shows a revocation to every later request, with one query at a time', async () => {
    const { lists, queries, revoke, hold } = await aList();
    const gate = Promise.withResolvers<void>();
    hold(gate.promise);

    const before = lists.find('a');
    revoke([3]);
    const after = lists.find('a');
    revoke([3, 4]);
    const last = lists.find('a');
    assert.equal(queries(), 1);
    gate.resolve();

    const [old, ...fresh] = await Promise.all([before, after, last]);
    assert.notEqual(old?.etag, fresh[0]?.etag);
    assert.deepEqual(fresh[0], fresh[1]);
    assert.equal(queries(), 2);
  });
});
