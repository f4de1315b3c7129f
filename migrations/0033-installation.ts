// What the installation knows about its database: the environment that it belongs to, and when it
// was last backed up and restored.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table installation (
      only_row       boolean primary key default true check (only_row),
      environment    text check (environment <> ''),  -- ENVIRONMENT; null: not recorded yet
      last_backup_at timestamptz,                     -- by the command; null: unknown
      restored_at    timestamptz                      -- null: never
    );
    insert into installation default values
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table installation');
}
