// The migration of existing clients on an upgrade.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { up } from '#migrations/0014-userinfo-algorithm.ts';
import { connectPostgres } from '#platform/database/postgres.ts';
import { createClientStore } from '#core/clients/clients.store.ts';
import { aClient } from '#test/support/data/builders.ts';
import { createDatabase, createTestLog } from '#test/support/services/databases.ts';

it('an upgraded client still receives userinfo as JSON despite ineffective metadata', async (t) => {
  const url = await createDatabase(t);
  const db = await connectPostgres({ url, log: createTestLog(), poolSize: 1 });
  t.after(() => db.close());
  const store = createClientStore(db);
  const redirect_uris = ['https://app.example/callback'];
  const client = aClient({ metadata: { redirect_uris, userinfo_signed_response_alg: 'HS256' } });
  await store.insert(client);

  await up(db.knex);

  assert.deepEqual((await store.find(client.clientId))?.metadata, { redirect_uris });
});
