// What settings the nodes of one installation were started with, so that one that does not fit is told.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table shared_settings (
      name         text primary key,               -- as in the environment
      fingerprints text[] not null,                -- HMACs of the value under each encryption key; never the value
      noted_at     timestamptz not null
    )
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table shared_settings');
}
