// The key of pairwise subject identifiers (OpenID Connect Core §8.1), which never changes: with
// another key every client would see other users.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table subject_key (
      only_row   boolean primary key default true check (only_row),
      sealed     text not null,              -- 32 random bytes, encrypted
      created_at timestamptz not null
    )
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table subject_key');
}
