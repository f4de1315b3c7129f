// Clients could be registered with userinfo_signed_response_alg, which had no effect, whatever its
// value. From now on it has one: clients that work with JSON must go on getting JSON.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    update clients
       set metadata = metadata - 'userinfo_signed_response_alg'
     where metadata ->> 'userinfo_signed_response_alg' is not null
  `);
}

export async function down(): Promise<void> {
  // What was removed had no effect.
}
