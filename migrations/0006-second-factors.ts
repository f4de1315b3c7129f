// Codes from an app on the person's phone (TOTP, RFC 6238), and codes on paper for when it is lost.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table totp_credentials (
      user_id      uuid primary key references users (id) on delete cascade,
      sealed       text not null,                -- the secret, encrypted; its context names the person
      created_at   timestamptz not null,
      confirmed_at timestamptz,                  -- null: shown, but no code of it was typed yet
      last_step    bigint not null default 0,    -- the newest 30 seconds of which a code was taken
      last_used_at timestamptz
    );

    create table recovery_codes (
      user_id   uuid not null references users (id) on delete cascade,
      code_hash bytea not null,                  -- SHA-256 of 80 random bits
      used_at   timestamptz,
      primary key (user_id, code_hash)
    );

    create table factor_failures (
      user_id      uuid primary key references users (id) on delete cascade,
      failures     integer not null,             -- wrong codes since the last right one
      locked_until timestamptz                   -- no code is looked at before that
    );
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table factor_failures, recovery_codes, totp_credentials');
}
