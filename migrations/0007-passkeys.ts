// Passkeys (WebAuthn), several per person, and the name by which authenticators know a person.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table user_handles (
      user_id uuid primary key references users (id) on delete cascade,
      handle  bytea not null unique check (octet_length(handle) between 16 and 64) -- random
    );

    create table passkeys (
      credential_id bytea primary key check (octet_length(credential_id) between 1 and 1023),
      user_id       uuid not null references users (id) on delete cascade,
      public_key    bytea not null,               -- COSE_Key
      sign_count    bigint not null check (sign_count >= 0),
      transports    text[] not null,
      device_type   text not null check (device_type in ('singleDevice', 'multiDevice')),
      backed_up     boolean not null check (device_type = 'multiDevice' or not backed_up),
      aaguid        uuid not null,                -- the model, as it says itself
      name          text not null check (name <> ''),
      created_at    timestamptz not null,
      last_used_at  timestamptz                   -- null: never since it was made
    );

    create index passkeys_by_user on passkeys (user_id, created_at);
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table passkeys, user_handles');
}
