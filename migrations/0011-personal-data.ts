// Copies of their data that people asked for, and what operators keep of people beside the standard
// claims.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table account_exports (
      id            uuid primary key,
      user_id       uuid not null unique references users (id) on delete cascade, -- one at a time
      requested_at  timestamptz not null,
      attempts      integer not null default 0,    -- how often a node has begun to write it
      claimed_until timestamptz,                   -- a node is at it; after that another begins anew
      chunks        integer,                       -- of how many it consists, once it is whole
      ready_at      timestamptz,
      fetched_at    timestamptz,                   -- its contents are gone
      expires_at    timestamptz not null
    );
    create index account_exports_waiting on account_exports (requested_at) where ready_at is null;
    create index account_exports_expiry on account_exports (expires_at);

    create table account_export_chunks (
      export_id uuid not null references account_exports (id) on delete cascade,
      attempt   integer not null,
      number    integer not null,
      sealed    text not null,                     -- a piece of the document, encrypted
      primary key (export_id, attempt, number)
    );

    create table user_supplements (
      user_id    uuid not null references users (id) on delete cascade,
      namespace  text not null,                    -- as SUPPLEMENTS names it; it may name it no more
      value      jsonb check (jsonb_typeof(value) = 'object'), -- null: removed; the version goes on
      version    integer not null check (version > 0),
      updated_at timestamptz not null,
      updated_by text not null,                    -- kind and id, as in the audit
      primary key (user_id, namespace)
    )
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table user_supplements, account_export_chunks, account_exports');
}
