// A temporary level of the log, which all nodes follow.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table log_override (
      only_row    boolean primary key default true check (only_row),
      level       text not null check (level in ('trace', 'debug', 'info')),
      user_id     uuid references users (id) on delete cascade,
      client_id   text,
      route       text,              -- a pattern
      set_at      timestamptz not null,
      expires_at  timestamptz not null,
      constraint log_override_filter check (num_nonnulls(user_id, client_id, route) <= 1)
    )
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table log_override');
}
