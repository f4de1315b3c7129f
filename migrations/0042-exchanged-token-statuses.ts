// What an exchanged token of a status list depends on beside its own grant: the tokens that were exchanged for
// it, and the clients that exchanged them. Both are null for a token that was not exchanged.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table token_statuses
      add column exchanged_hashes bytea[],   -- SHA-256 of the ids of the tokens
      add column exchanger_ids    text[]
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(
    'alter table token_statuses drop column exchanged_hashes, drop column exchanger_ids',
  );
}
