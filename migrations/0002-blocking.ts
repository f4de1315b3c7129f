// What blocking, sessions one can see, the audit and the outbox need.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table users
      add column blocked_reason text,              -- for operators; people are told that, not why
      add column blocked_until  timestamptz,       -- null: until somebody unblocks
      add column blocked_by     text;              -- who did it, as in audit_events.actor_id

    alter table sessions
      add column address       text,               -- of the last sign-in, as the edge saw it
      add column device        text,               -- user agent of the last sign-in
      add column device_id     bytea,              -- SHA-256 of the device cookie
      add column ended_because text;

    create table user_devices (
      user_id       uuid not null references users (id) on delete cascade,
      device_id     bytea not null,                -- SHA-256 of the signed device cookie
      first_used_at timestamptz not null,
      last_used_at  timestamptz not null,
      primary key (user_id, device_id)
    );

    create index user_devices_last_used on user_devices (last_used_at);

    create table audit_events (
      id              uuid primary key,
      at              timestamptz not null,
      event           text not null,               -- thing.happened
      actor_kind      text not null check (actor_kind in ('user', 'client', 'operator', 'system', 'anonymous')),
      actor_id        text,
      user_id         uuid,                        -- whom it is about; no reference: it outlives the account
      client_id       text,
      session_uid     text,
      request_id      text,
      details         jsonb not null default '{}', -- nothing personal
      personal        jsonb,                       -- address, device, names: erasure empties this column
      personal_digest bytea,                       -- salted digest that stands in the chain for it
      seq             bigint unique,               -- place in the chain; null: not sealed yet
      previous_hash   bytea,
      hash            bytea
    );
    create index audit_events_at on audit_events (at desc, id desc);
    create index audit_events_user on audit_events (user_id, at desc, id desc);
    create index audit_events_client on audit_events (client_id, at desc, id desc);
    create index audit_events_unsealed on audit_events (at, id) where seq is null;

    create table audit_heads (
      seq       bigint primary key,                -- up to here the chain is sealed and signed
      hash      bytea not null,
      signed_at timestamptz not null,
      signature text not null                      -- compact JWS over seq, hash and time
    );

    create table outbox (
      id           uuid primary key,
      kind         text not null check (kind in ('mail', 'backchannel_logout')),
      user_id      uuid,                           -- whom it is about
      client_id    text,
      sealed       text not null,                  -- what to send, encrypted: it may hold links
      created_at   timestamptz not null,
      due_at       timestamptz not null,
      attempts     integer not null default 0,
      claimed_until timestamptz,                   -- a node is at it; after that another may try
      sent_at      timestamptz,
      dead_at      timestamptz,                    -- given up; stays for the operator to see
      last_error   text
    );
    create index outbox_due on outbox (due_at) where sent_at is null and dead_at is null;
    create index outbox_dead on outbox (dead_at) where dead_at is not null;
    create index outbox_done on outbox (sent_at) where sent_at is not null;

    create table revoked_tokens (
      jti_hash   bytea primary key,                -- access tokens that carry themselves, revoked one by one
      expires_at timestamptz not null
    );
    create index revoked_tokens_expiry on revoked_tokens (expires_at);

    create table access_tokens (
      id_hash    bytea primary key,                -- opaque ones made while the short-lived store was away
      content    jsonb not null,
      expires_at timestamptz not null
    );
    create index access_tokens_expiry on access_tokens (expires_at);
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop table access_tokens, revoked_tokens, outbox, audit_heads, audit_events, user_devices;
    alter table sessions drop column address, drop column device, drop column device_id,
      drop column ended_because;
    alter table users drop column blocked_reason, drop column blocked_until, drop column blocked_by
  `);
}
