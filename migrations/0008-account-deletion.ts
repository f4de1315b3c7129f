// People who asked to be deleted, and the ids of those who were.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table users add column deletion_due_at timestamptz;   -- null: nobody asked for it
    create index users_deletion_due on users (deletion_due_at) where deletion_due_at is not null;

    create table deleted_users (
      id         uuid primary key,               -- a sub that never comes back
      deleted_at timestamptz not null
    )
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop table deleted_users;
    alter table users drop column deletion_due_at
  `);
}
