// Which process collects the signals of an identity provider, and how that went. A row is made by the
// first poll of a provider; one process at a time polls.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table signal_polls (
      provider_id   text primary key,
      endpoint      text not null,          -- another one is polled at once
      due_at        timestamptz not null,   -- the next poll; of a poll that runs, the end of its claim
      failures      integer not null default 0,
      failing_since timestamptz,            -- no poll has succeeded since
      last_error    text,
      succeeded_at  timestamptz
    )
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table signal_polls');
}
