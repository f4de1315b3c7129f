// The previous secret of a client, which stays valid for a while after a rotation.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table clients
      add column previous_secret_hash text,        -- SHA-256, base64url; null: there is none
      add column previous_secret_expires_at timestamptz,
      add constraint clients_previous_secret
        check ((previous_secret_hash is null) = (previous_secret_expires_at is null))
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    alter table clients drop column previous_secret_hash, drop column previous_secret_expires_at
  `);
}
