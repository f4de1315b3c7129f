// Revocation for users and clients, on both databases.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createRevocationStore } from '#core/revocation/revocation.store.ts';
import { createUserStore } from '#core/users/users.store.ts';
import { aUser, later, noon } from '#test/support/data/builders.ts';
import { describeOnEachKind } from '#test/support/services/databases.ts';

const facts = { reason: 'a test', until: undefined, by: 'tester' };

describeOnEachKind('revocation store', (database) => {
  it('unblocks a user for exactly one of many concurrent callers', async () => {
    const { users, revocations, knex } = await withUser();
    const { id } = users.user;

    assert.equal(await revocations.blockUser(id, facts, noon, knex), true);
    const attempts = Array.from({ length: 10 }, (_, second) => later(second));
    const unblocked = await Promise.all(
      attempts.map((at) => revocations.unblockUser(id, at, knex)),
    );

    assert.equal(unblocked.filter(Boolean).length, 1);
    assert.equal((await users.store.findById(id))?.blockedAt, undefined);
  });

  it('keeps notBefore after an unblock, so that nothing revoked becomes valid again', async () => {
    const { users, revocations, knex } = await withUser();
    const { id } = users.user;

    await revocations.blockUser(id, facts, later(1), knex);
    await revocations.unblockUser(id, later(5), knex);

    assert.deepEqual((await users.store.findById(id))?.notBefore, later(5));
  });

  it('revokes everything issued before notBefore, which never moves back', async () => {
    const { users, revocations, knex } = await withUser();
    const { id } = users.user;

    const seconds = [30, 90, 60];
    await Promise.all(seconds.map((each) => revocations.raiseUserNotBefore(id, later(each), knex)));
    await revocations.raiseUserNotBefore(id, later(10), knex);

    assert.deepEqual((await users.store.findById(id))?.notBefore, later(90));
  });

  async function withUser() {
    const db = database();
    const store = createUserStore(db);
    const user = aUser();
    await store.insert(user);
    return { users: { store, user }, revocations: createRevocationStore(db), knex: db.knex };
  }
});
