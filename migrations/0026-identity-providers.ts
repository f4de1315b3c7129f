// Identity providers that operators manage at run time, beside those of the setting, and the brand
// that replaces the setting.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table identity_providers (
      id          text primary key check (id ~ '^[a-z0-9-]{1,32}$'),
      issuer      text not null unique check (issuer <> ''),
      settings    jsonb not null,      -- the other members, as the setting spells them, no secret
      credential  text not null,       -- encrypted: client_secret or private_key
      enabled     boolean not null,
      revision    uuid not null,       -- another one after each change
      created_at  timestamptz not null,
      updated_at  timestamptz not null
    );

    create table branding (
      only_row    boolean primary key default true check (only_row),
      settings    jsonb not null,      -- the members of BRANDING
      revision    uuid not null,       -- another one after each change
      updated_at  timestamptz not null
    )
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table identity_providers, branding');
}
