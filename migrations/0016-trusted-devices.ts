// Browsers that are not asked for the second factor of a user until a time.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table trusted_devices (
      id               uuid primary key,
      user_id          uuid not null references users (id) on delete cascade,
      token_hash       bytea not null,           -- SHA-256 of the value in the cookie
      security_version bigint not null,          -- of the user and of all users; trust ends when it changes
      device           text,                     -- the user agent
      created_at       timestamptz not null,
      last_used_at     timestamptz not null,
      expires_at       timestamptz not null
    );
    create unique index trusted_devices_token on trusted_devices (user_id, token_hash);
    create index trusted_devices_expiry on trusted_devices (expires_at);
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table trusted_devices');
}
