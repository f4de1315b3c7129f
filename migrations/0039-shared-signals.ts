// Shared Signals: streams of receivers, the signals that they have not acknowledged, and the subjects
// that a receiver removed or that it must still be told about. A push is a job of the outbox that
// names the stream.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table signal_streams (
      id               uuid primary key,
      client_id        text not null references clients (client_id) on delete cascade,
      delivery         text not null check (delivery in ('push', 'poll')),
      endpoint_url     text,                          -- of a push
      authorization_header text,                      -- of a push, encrypted
      events_requested text[] not null,
      description      text,
      status           text not null default 'enabled'
                         check (status in ('enabled', 'paused', 'disabled')),
      status_reason    text,
      held_by          text                           -- who set the status; null: the receiver
                         check (held_by in ('operator', 'failing', 'overflow')),
      subject_format   text not null check (subject_format in ('iss_sub', 'email', 'opaque')),
      algorithm        text not null check (algorithm in ('RS256', 'ES256')),
      all_users        boolean not null default false, -- also users without a relation to the client
      verified_at      timestamptz,                   -- the last request for a verification
      claimed_until    timestamptz,                   -- a process pushes
      failing_since    timestamptz,                   -- no push has succeeded since
      last_error       text,
      version          integer not null default 1,    -- increases with every change of the settings
      created_at       timestamptz not null,
      constraint signal_streams_push check ((delivery = 'push') = (endpoint_url is not null))
    );
    create index signal_streams_client on signal_streams (client_id, created_at);

    create table signals (
      id           uuid primary key,                  -- the jti
      position     bigint generated always as identity,
      stream_id    uuid not null references signal_streams (id) on delete cascade,
      user_id      uuid,                              -- null: about the stream itself
      audit_id     uuid,                              -- the audit event, as txn
      type         text not null,
      content      jsonb not null,                    -- session, state, members of the event
      created_at   timestamptz not null,
      attempts     integer not null default 0,
      delivered_at timestamptz,
      refused_at   timestamptz,                       -- the receiver cannot use it
      error        text,
      expires_at   timestamptz not null
    );
    create index signals_waiting on signals (stream_id, position)
     where delivered_at is null and refused_at is null;
    create index signals_user on signals (user_id, created_at, id) where user_id is not null;
    create index signals_stream on signals (stream_id, created_at desc, id desc);
    create index signals_expiry on signals (expires_at);

    create table signal_subjects (
      stream_id uuid not null references signal_streams (id) on delete cascade,
      user_id   uuid not null,
      removed   boolean not null,                     -- by the receiver; false: of a deleted account
      at        timestamptz not null,
      primary key (stream_id, user_id)
    );
    create index signal_subjects_user on signal_subjects (user_id);

    alter table outbox
      drop constraint outbox_kind_check,
      add constraint outbox_kind_check
        check (kind in ('mail', 'backchannel_logout', 'webhook', 'signal')) not valid
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    delete from outbox where kind = 'signal';
    alter table outbox
      drop constraint outbox_kind_check,
      add constraint outbox_kind_check check (kind in ('mail', 'backchannel_logout', 'webhook'));
    drop table signal_subjects, signals, signal_streams
  `);
}
