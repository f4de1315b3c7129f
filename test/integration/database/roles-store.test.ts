// Roles and the setup links for the first administrator.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sha256 } from '#platform/crypto/hashing.ts';
import type { Database } from '#platform/database/postgres.ts';
import { createRoleStore } from '#core/users/roles.store.ts';
import { createSetupLinkStore } from '#features/setup/setup-links.store.ts';
import { createUserStore } from '#core/users/users.store.ts';
import { aUser, later, noon } from '#test/support/data/builders.ts';
import { describeOnEachKind } from '#test/support/services/databases.ts';

describeOnEachKind('role and setup link stores', (database) => {
  describe('roles', () => {
    it('are granted once, counted, and withdrawn once', async () => {
      const db = database();
      const roles = createRoleStore(db);
      const [ann, bob] = [await insertUser(db), await insertUser(db)];

      assert.equal(await roles.countOf('admin'), 0);
      assert.equal(await roles.grant(ann, 'admin', noon), true);
      assert.equal(await roles.grant(ann, 'admin', noon), false);
      assert.equal(await roles.grant(bob, 'admin', noon), true);
      assert.equal(await roles.countOf('admin'), 2);
      assert.deepEqual((await createUserStore(db).findById(ann))?.roles, ['admin']);

      assert.equal(await roles.withdraw(ann, 'admin'), true);
      assert.equal(await roles.withdraw(ann, 'admin'), false);
      assert.equal(await roles.countOf('admin'), 1);
    });

    it('are rolled back with the transaction that granted them', async () => {
      const db = database();
      const roles = createRoleStore(db);
      const user = await insertUser(db);
      const before = await roles.countOf('admin');

      const work = db.transaction(async (tx) => {
        await roles.grant(user, 'admin', noon, tx);
        assert.equal(await roles.countOf('admin', tx), before + 1);
        throw new Error('unrelated failure');
      });

      await assert.rejects(work, /unrelated failure/);
      assert.equal(await roles.countOf('admin'), before);
    });
  });

  describe('setup links', () => {
    it('are consumed by exactly one of many concurrent callers', async () => {
      const links = createSetupLinkStore(database());
      const link = sha256('one');
      await links.issue(link, noon);

      const used = await Promise.all(Array.from({ length: 20 }, () => links.use(link, later(1))));

      assert.equal(used.filter(Boolean).length, 1);
      assert.equal(await links.isUsable(link, later(1)), false);
    });

    it('are all invalidated when one is used, even concurrently', async () => {
      const links = createSetupLinkStore(database());
      const issued = Array.from({ length: 12 }, (_, number) => sha256(`link ${number}`));
      for (const link of issued) await links.issue(link, noon);
      assert.equal(await links.isUsable(sha256('link 3'), later(1)), true);

      const used = await Promise.all(issued.map((link) => links.use(link, later(1))));

      assert.equal(used.filter(Boolean).length, 1);
      assert.deepEqual(
        await Promise.all(issued.map((link) => links.isUsable(link, later(1)))),
        issued.map(() => false),
      );
    });

    it('that were never issued invalidate nothing', async () => {
      const links = createSetupLinkStore(database());
      const link = sha256('real');
      await links.issue(link, noon);

      assert.equal(await links.use(sha256('guessed'), later(1)), false);

      assert.equal(await links.isUsable(link, later(1)), true);
    });

    it('stay valid if the transaction that consumed them fails', async () => {
      const db = database();
      const links = createSetupLinkStore(db);
      const link = sha256('again');
      await links.issue(link, noon);

      const work = db.transaction(async (tx) => {
        assert.equal(await links.use(link, later(1), tx), true);
        throw new Error('the registration failed');
      });

      await assert.rejects(work, /registration failed/);
      assert.equal(await links.use(link, later(2)), true);
    });
  });
});

async function insertUser(db: Database): Promise<string> {
  const user = aUser();
  await createUserStore(db).insert(user);
  return user.id;
}
