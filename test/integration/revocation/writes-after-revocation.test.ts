// Writes that depend on a user who was read earlier: each is refused or revoked with the rest, in
// either order of arrival.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { it } from 'node:test';
import type { Database } from '#platform/database/postgres.ts';
import { createConsentStore } from '#core/consents/consents.store.ts';
import { createUserStore } from '#core/users/users.store.ts';
import { createClientStore } from '#core/clients/clients.store.ts';
import { createRevocationStore } from '#core/revocation/revocation.store.ts';
import { createGrantStore } from '#core/tokens/grants.store.ts';
import { aClient, anAuditRecord, aUser, later, noon } from '#test/support/data/builders.ts';
import { describeOnEachKind } from '#test/support/services/databases.ts';

const rounds = Array.from({ length: 20 }, (_, number) => number);

describeOnEachKind('grant of a user who was read earlier', (database) => {
  it('is revoked with everything of its user', async () => {
    const { grant, user, grants, revocations, db } = await withUser(database(), true);
    const ids = rounds.map(() => randomUUID());

    await Promise.all([
      ...ids.map((id) => grants.save({ ...grant, id }, user)),
      db.transaction(async (tx) => {
        await revocations.raiseUserNotBefore(user.id, later(1), tx);
        await revocations.revokeGrants({ userId: user.id }, later(1), tx);
      }),
    ]);

    const alive = await Promise.all(ids.map((id) => grants.find(id)));
    assert.deepEqual(alive.filter(Boolean), []);
    assert.equal(await grants.save({ ...grant, id: randomUUID() }, user), false);
  });

  it('is revoked with the consent it is based on', async () => {
    const { grant, user, grants, revocations, consents, db } = await withUser(database(), false);
    const { clientId } = grant;
    const given = { userId: user.id, clientId, scopes: ['openid'], claims: [], resources: {} };
    assert.equal(await grants.save({ ...grant, id: randomUUID() }, user), false);
    assert.ok(await consents.give(given, user, noon, anAuditRecord()));
    const ids = rounds.map(() => randomUUID());

    await Promise.all([
      ...ids.map((id) => grants.save({ ...grant, id }, user)),
      db.transaction(async (tx) => {
        await revocations.deleteConsents(clientId, undefined, tx);
        await revocations.revokeGrants({ clientId }, later(1), tx);
      }),
    ]);

    const alive = await Promise.all(ids.map((id) => grants.find(id)));
    assert.deepEqual(alive.filter(Boolean), []);
  });
});

describeOnEachKind('user who was read earlier', (database) => {
  it('is unchanged until something is revoked, or all users are signed out', async () => {
    const { user, users, revocations, db } = await withUser(database(), true);
    const isUnchanged = (read: typeof user) =>
      db.transaction((tx) => users.holdUnrevoked(read, tx));
    assert.equal(await isUnchanged(user), true);

    await revocations.raiseGlobalNotBefore(later(1), db.knex);

    assert.equal(await isUnchanged(user), false);
    const again = await users.findById(user.id);
    assert.ok(again && (await isUnchanged(again)));
  });
});

async function withUser(db: Database, firstParty: boolean) {
  const users = createUserStore(db);
  const [newUser, client] = [aUser(), aClient({ firstParty })];
  await users.insert(newUser);
  await createClientStore(db).insert(client);
  const user = await users.findById(newUser.id);
  assert.ok(user);
  const grant = {
    id: randomBytes(8).toString('hex'),
    userId: user.id,
    clientId: client.clientId,
    content: {},
    createdAt: noon,
    expiresAt: later(3600),
  };
  const stores = {
    grants: createGrantStore(db),
    revocations: createRevocationStore(db),
    consents: createConsentStore(db),
  };
  return { db, user, users, grant, ...stores };
}
