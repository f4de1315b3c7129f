// Accounts with other providers that people sign in with. Who it is stands in issuer and subject
// alone; the address is only shown.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table identities (
      id           uuid primary key,
      user_id      uuid not null references users (id) on delete cascade,
      issuer       text not null check (issuer <> ''),
      subject      text not null check (length(subject) between 1 and 255),
      provider_id  text not null,                -- as it was set when it was linked
      email        text,                         -- as the provider said it last; proves nothing
      linked_at    timestamptz not null,
      last_used_at timestamptz,                  -- null: never since it was linked
      unique (issuer, subject)
    );

    create index identities_by_user on identities (user_id, linked_at)
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table identities');
}
