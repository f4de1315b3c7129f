// Copies of the logos of clients and identity providers, which pages show from our own origin.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table logos (
      key           text primary key check (key ~ '^[A-Za-z0-9_-]{43}$'), -- SHA-256 of the URL
      url           text        not null,
      media_type    text        check (media_type in ('image/webp', 'image/svg+xml')),
      image         bytea       check (octet_length(image) between 1 and 131072),
      failures      integer     not null default 0,  -- attempts since the last that succeeded
      next_fetch_at timestamptz not null,            -- while it is being fetched, the end of the claim
      constraint logos_image check ((image is null) = (media_type is null))
    );
    alter table logos alter column image set storage external
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table logos');
}
