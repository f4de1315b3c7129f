// Requests of clients that a user answers in the account, without being at the client (OpenID CIBA).
// They are in PostgreSQL, because the account lists them and a decision depends on the state of the
// user. A ping that tells a client about a decision is a job of the outbox, whose check lists the kinds.
import type { Knex } from 'knex';

/** Changes the check of the kinds, and keeps those that other migrations have added. */
const changeKinds = (from: string, to: string) => `
  do $change$
  declare
    known text := (
      select pg_get_constraintdef(oid) from pg_constraint
       where conrelid = 'outbox'::regclass and conname = 'outbox_kind_check');
  begin
    alter table outbox drop constraint outbox_kind_check;
    execute 'alter table outbox add constraint outbox_kind_check '
      || replace(known, ${from}, ${to});
  end
  $change$`;

const first = `'ARRAY['`;
const firstWithPing = `'ARRAY[''backchannel_ping''::text, '`;

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table backchannel_requests (
      id              uuid primary key,
      id_hash         bytea not null unique,          -- SHA-256 of the auth_req_id
      user_id         uuid not null references users (id) on delete cascade,
      client_id       text not null references clients (client_id) on delete cascade,
      content         jsonb not null,                 -- what oidc-provider stores
      notification    text,                           -- sealed; only for a client that is notified
      binding_message text,
      address         text,
      created_at      timestamptz not null,
      expires_at      timestamptz not null,
      decision        text check (decision in ('approved', 'denied')),
      decided_at      timestamptz,
      grant_id        text,
      acr             text,
      amr             text[],
      auth_time       timestamptz,
      consumed_at     timestamptz,
      check ((decision is null) = (decided_at is null)),
      check ((grant_id is not null) = (decision is not distinct from 'approved'))
    );
    create index backchannel_requests_waiting on backchannel_requests (user_id)
      where decision is null;
    create index backchannel_requests_expiry on backchannel_requests (expires_at);
    ${changeKinds(first, firstWithPing)}
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    delete from outbox where kind = 'backchannel_ping';
    ${changeKinds(firstWithPing, first)};
    drop table backchannel_requests
  `);
}
