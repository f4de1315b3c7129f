// Consents: stored per user and client, accumulated, and not lost under concurrency.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Database } from '#platform/database/postgres.ts';
import { createRevocationStore } from '#core/revocation/revocation.store.ts';
import { createClientStore } from '#core/clients/clients.store.ts';
import {
  createConsentStore,
  type ConsentGiven,
  type ConsentStore,
} from '#core/consents/consents.store.ts';
import { createUserStore } from '#core/users/users.store.ts';
import {
  aClient,
  anAuditRecord,
  aUser,
  firstVersions,
  later,
  noon,
} from '#test/support/data/builders.ts';
import { describeOnEachKind } from '#test/support/services/databases.ts';

const api = 'https://api.example/';
const other = 'https://other.example/';

describeOnEachKind('consent store', (database) => {
  it('returns a consent unchanged', async () => {
    const consents = createConsentStore(database());
    const pair = await insertPair(database());
    const given = {
      ...pair,
      scopes: ['openid'],
      claims: ['email'],
      resources: { [api]: ['read'] },
    };

    const saved = await give(consents, given, noon);

    assert.deepEqual(saved, { ...given, grantedAt: noon, updatedAt: noon });
    assert.deepEqual(await consents.find(pair.userId, pair.clientId), saved);
    assert.equal(await consents.find(pair.userId, 'another'), undefined);
  });

  it('accumulates: keeps what was allowed earlier', async () => {
    const consents = createConsentStore(database());
    const pair = await insertPair(database());
    await give(
      consents,
      {
        ...pair,
        scopes: ['openid', 'profile'],
        claims: [],
        resources: { [api]: ['read'], [other]: [] },
      },
      noon,
    );

    const whole = await give(
      consents,
      {
        ...pair,
        scopes: ['email', 'openid'],
        claims: ['name'],
        resources: { [api]: ['write', 'read'] },
      },
      later(60),
    );

    assert.deepEqual(whole.scopes, ['email', 'openid', 'profile']);
    assert.deepEqual(whole.claims, ['name']);
    assert.deepEqual(whole.resources, { [api]: ['read', 'write'], [other]: [] });
    assert.deepEqual([whole.grantedAt, whole.updatedAt], [noon, later(60)]);
    assert.deepEqual(await consents.find(pair.userId, pair.clientId), whole);
  });

  it('keeps all consents given concurrently', async () => {
    const consents = createConsentStore(database());
    const pair = await insertPair(database());
    const scopes = Array.from({ length: 20 }, (_, number) => `s${String(number).padStart(2, '0')}`);

    await Promise.all(
      scopes.map((scope) =>
        give(
          consents,
          { ...pair, scopes: [scope], claims: [], resources: { [api]: [scope] } },
          noon,
        ),
      ),
    );

    const found = await consents.find(pair.userId, pair.clientId);
    assert.deepEqual(found?.scopes, scopes);
    assert.deepEqual(found.resources, { [api]: scopes });
  });

  it('refuses a consent if the user was blocked or withdrew access since the read', async () => {
    const db = database();
    const consents = createConsentStore(db);
    const revocations = createRevocationStore(db);
    const [blocked, withdrawn] = [await insertPair(db), await insertPair(db)];
    const asked = { scopes: ['openid'], claims: [], resources: {} };

    await db.transaction(async (tx) => {
      const facts = { reason: 'test', until: later(1), by: 'test' };
      await revocations.blockUser(blocked.userId, facts, noon, tx);
      await revocations.raiseAccessVersion(withdrawn.userId, tx);
    });

    for (const pair of [blocked, withdrawn]) {
      const given = { ...pair, ...asked };
      const refused = await consents.give(given, firstVersions, later(2), anAuditRecord());
      assert.equal(refused, undefined);
      assert.equal(await consents.find(pair.userId, pair.clientId), undefined);
    }
  });

  it('withdraws a consent as a whole, once', async () => {
    const consents = createConsentStore(database());
    const pair = await insertPair(database());
    await give(consents, { ...pair, scopes: ['openid'], claims: [], resources: {} }, noon);

    assert.equal(await consents.remove(pair.userId, pair.clientId), true);
    assert.equal(await consents.remove(pair.userId, pair.clientId), false);
    assert.equal(await consents.find(pair.userId, pair.clientId), undefined);
  });
});

async function insertPair(db: Database) {
  const [user, client] = [aUser(), aClient()];
  await createUserStore(db).insert(user);
  await createClientStore(db).insert(client);
  return { userId: user.id, clientId: client.clientId };
}

async function give(consents: ConsentStore, given: ConsentGiven, at: Date) {
  const whole = await consents.give(given, firstVersions, at, anAuditRecord());
  assert.ok(whole, 'the consent was refused');
  return whole;
}
