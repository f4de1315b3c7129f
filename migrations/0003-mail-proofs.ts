// What proving a mailbox needs: one row per mail that asks somebody to, and the terms people accept.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table mail_proofs (
      id            uuid primary key,
      kind          text not null check (kind in (
        'registration', 'verification', 'recovery', 'email_change', 'email_undo', 'invitation')),
      subject       text not null,                 -- whose it is: an address (its key) or a person
      user_id       uuid references users (id) on delete cascade,
      email         text not null,                 -- the mailbox, as it was written
      email_key     text not null,
      link_hash     bytea not null unique,         -- SHA-256 of the 256 random bits in the link
      code_hash     bytea,                         -- HMAC over the row's id and six digits; null: no code is right
      code_attempts integer not null default 0,
      binding_hash  bytea,                         -- SHA-256 of the cookie of the browser that asked
      content       text not null,                 -- sealed: what happens once it is proven
      created_at    timestamptz not null,
      expires_at    timestamptz not null,
      proven_at     timestamptz,                   -- the code was right; the last step is still to come
      replaced_at   timestamptz,                   -- a newer one was asked for
      used_at       timestamptz                    -- null: may still be used
    );
    create unique index mail_proofs_open on mail_proofs (kind, subject)
     where replaced_at is null and used_at is null;
    create index mail_proofs_binding on mail_proofs (binding_hash) where binding_hash is not null;
    create index mail_proofs_user on mail_proofs (user_id) where user_id is not null;
    create index mail_proofs_expiry on mail_proofs (expires_at);

    alter table users
      add column terms_version     text,           -- of the terms the person accepted last; null: never asked
      add column terms_accepted_at timestamptz;
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop table mail_proofs;
    alter table users drop column terms_version, drop column terms_accepted_at
  `);
}
