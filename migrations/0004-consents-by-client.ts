// Forgetting what everybody allowed one app, and removing an app, must not read all consents.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw('create index consents_client on consents (client_id)');
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index consents_client');
}
