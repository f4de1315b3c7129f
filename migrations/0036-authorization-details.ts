// Rich authorization requests (RFC 9396): the types that an API defines, and the details that users
// allowed.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table api_resources
      add column authorization_details_types json not null default '[]'; -- name, JSON Schema, sentences
    alter table consents
      add column authorization_details text[] not null default '{}'       -- canonical JSON, newest first
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    alter table consents drop column authorization_details;
    alter table api_resources drop column authorization_details_types
  `);
}
