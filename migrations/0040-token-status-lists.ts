// JWT access tokens that are listed in a status list, and the APIs whose tokens are. A row lives as long as its
// token; whether the token is revoked follows from the rows that it depends on.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table token_statuses (
      jti_hash    bytea primary key,     -- SHA-256
      list_id     uuid not null,
      place       integer not null check (place between 0 and 65535),
      user_id     uuid,                  -- null: no user is involved
      client_id   text not null,
      grant_id    text,
      session_uid text,                  -- null: the token outlives its session
      issued_at   timestamptz not null,
      expires_at  timestamptz not null,
      unique (list_id, place)
    );
    create index token_statuses_expiry on token_statuses (expires_at);
    alter table api_resources
      add column revocable boolean not null default false
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('alter table api_resources drop column revocable; drop table token_statuses');
}
