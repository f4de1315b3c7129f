// The times of the states of a signing key, the encryption keys that the installation has used, and
// which of them authenticates the current token of a refresh token family.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table signing_keys
      add column activated_at timestamptz,          -- null: it has not signed yet
      add column retires_at timestamptz,            -- when every token that it signed has expired
      add column retired_at timestamptz,
      add column revoked boolean not null default false;  -- what it signed is no longer accepted
    update signing_keys set activated_at = created_at where status = 'active';
    create unique index signing_keys_one_next on signing_keys (alg) where status = 'next';
    create table encryption_keys (
      id            text primary key,               -- the id in ENCRYPTION_KEYS; no part of the key
      first_seen_at timestamptz not null,
      superseded_at timestamptz,                    -- null: the key encrypts
      removed_at    timestamptz                     -- a node started without it; no row needs it
    );
    alter table refresh_families add column key_id text  -- null: written by an earlier version
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    alter table refresh_families drop column key_id;
    drop table encryption_keys;
    drop index signing_keys_one_next;
    update signing_keys set status = 'retired' where status = 'next';
    alter table signing_keys
      drop column activated_at, drop column retires_at, drop column retired_at, drop column revoked
  `);
}
