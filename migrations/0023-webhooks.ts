// Webhooks: endpoints of other systems that receive audit events, and a log of recent attempts. The
// pending deliveries are jobs of the outbox, which end with their webhook.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table webhooks (
      id              uuid primary key,
      url             text not null,
      description     text,
      events          text[] check (cardinality(events) > 0), -- null: all
      personal_data   boolean not null,
      secret          text not null,               -- encrypted
      previous_secret text,                        -- encrypted; also signs until it expires
      previous_secret_expires_at timestamptz,
      failing_since   timestamptz,                 -- no attempt has succeeded since
      disabled_at     timestamptz,
      disabled_reason text check (disabled_reason in ('operator', 'failing', 'gone')),
      version         integer not null default 1,  -- increases with every change by an operator
      created_at      timestamptz not null,
      constraint webhooks_previous_secret
        check ((previous_secret is null) = (previous_secret_expires_at is null)),
      constraint webhooks_disabled check ((disabled_at is null) = (disabled_reason is null))
    );

    create table webhook_attempts (
      id         uuid primary key,
      webhook_id uuid not null references webhooks (id) on delete cascade,
      message_id uuid not null,                    -- id of the audit event, or of a test
      type       text not null,
      at         timestamptz not null,
      attempt    integer not null,
      milliseconds integer not null,
      status     integer,                          -- of the response; null: there was none
      error      text
    );
    create index webhook_attempts_newest on webhook_attempts (webhook_id, at desc, id desc);
    create index webhook_attempts_at on webhook_attempts (at);

    alter table outbox
      add column webhook_id uuid references webhooks (id) on delete cascade,
      drop constraint outbox_kind_check,
      add constraint outbox_kind_check check (kind in ('mail', 'backchannel_logout', 'webhook')),
      add constraint outbox_webhook check ((kind = 'webhook') = (webhook_id is not null));
    create index outbox_webhook on outbox (webhook_id) where webhook_id is not null
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    delete from outbox where kind = 'webhook';
    alter table outbox
      drop column webhook_id,
      drop constraint outbox_kind_check,
      add constraint outbox_kind_check check (kind in ('mail', 'backchannel_logout'));
    drop table webhook_attempts, webhooks
  `);
}
