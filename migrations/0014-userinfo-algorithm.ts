// Clients could be registered with userinfo_signed_response_alg, which had no effect. It now takes
// effect, so it is removed from existing clients, which expect JSON.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    update clients
       set metadata = metadata - 'userinfo_signed_response_alg'
     where metadata ->> 'userinfo_signed_response_alg' is not null
  `);
}

export async function down(): Promise<void> {
  // The removed member had no effect.
}
