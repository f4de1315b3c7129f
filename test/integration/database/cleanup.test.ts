// Cleanup of expired rows, in small batches and concurrently with another run.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { tables } from '#server/modules.ts';
import { batchSizes, createExpiredRowStore } from '#features/cleanup/expired-rows.store.ts';
import { createCleanupJob } from '#features/cleanup/cleanup.service.ts';
import { createClientStore } from '#core/clients/clients.store.ts';
import { createUserStore } from '#core/users/users.store.ts';
import { createGrantStore } from '#core/tokens/grants.store.ts';
import { aClient, aUser, firstVersions, later, noon } from '#test/support/data/builders.ts';
import { createTestLog, describeOnEachKind } from '#test/support/services/databases.ts';

describeOnEachKind('cleanup', (database) => {
  it('deletes expired rows in batches and keeps all others', async () => {
    const db = database();
    const grants = createGrantStore(db);
    const user = aUser();
    const { id: userId } = user;
    await createUserStore(db).insert(user);
    await createClientStore(db).insert(aClient({ clientId: 'app', firstParty: true }));
    const facts = { userId, clientId: 'app', content: {}, createdAt: noon };
    await db.run(
      {
        name: 'many grants',
        text: `insert into grants (id, user_id, client_id, content, created_at, expires_at)
               select 'old ' || n, $1, 'app', '{}', $2, $2 from generate_series(1, $3::int) n`,
      },
      [userId, noon, expired],
    );
    await grants.save({ id: 'young', ...facts, expiresAt: later(3600) }, firstVersions);

    const cleanupJob = createCleanupJob({
      expired: createExpiredRowStore(db, tables),
      approvals: { expireDue: async () => undefined },
      deletion: nobodyIsDue,
      impersonations: { settle: () => Promise.resolve(0) },
      unusedClients: { removeDue: async () => 0 },
      log: createTestLog(),
      now: () => later(1800),
    });
    const removed = await Promise.all([cleanupJob.run(), cleanupJob.run()]);

    assert.equal(removed[0] + removed[1], expired);
    assert.equal((await grants.find('young'))?.userId, userId);
    assert.equal(await grants.find('old 1'), undefined);
  });
});

/** More than one batch. */
const expired = Math.max(...batchSizes) + 10;
const nobodyIsDue = { runDue: async () => 0 };
