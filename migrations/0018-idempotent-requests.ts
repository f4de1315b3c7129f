// Answers to creations by the management API, by their Idempotency-Key, and the indexes that the
// search of users uses.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table idempotent_requests (
      id          text primary key,                -- SHA-256 of the caller and its key
      fingerprint text not null,                   -- HMAC of the route and the body
      location    text not null,
      answer      json,                            -- without secrets; null: what it created was deleted
      user_id     uuid references users (id) on delete set null, -- whose data the answer contains
      expires_at  timestamptz not null
    );
    create index idempotent_requests_expiry on idempotent_requests (expires_at);
    create index idempotent_requests_user on idempotent_requests (user_id)
     where user_id is not null;

    create index users_newest on users (created_at desc, id desc);
    create index users_blocked_newest on users (created_at desc, id desc) where blocked_at is not null;
    create index users_unverified_newest on users (created_at desc, id desc)
     where email_verified_at is null;
    create index users_email_prefix on users (email_key text_pattern_ops);
    create index users_name_words on users using gin (to_tsvector('simple', coalesce(name, '')))
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop index users_newest, users_blocked_newest, users_unverified_newest, users_email_prefix,
      users_name_words;
    drop table idempotent_requests
  `);
}
