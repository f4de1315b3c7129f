// Pictures that users uploaded to their profile.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table user_pictures (
      user_id    uuid        primary key references users (id) on delete cascade,
      key        text        not null unique check (key ~ '^[A-Za-z0-9_-]{43}$'), -- in the URL
      large      bytea       not null check (octet_length(large) between 1 and 262144),
      small      bytea       not null check (octet_length(small) between 1 and 32768),
      created_at timestamptz not null
    );
    -- JPEG does not compress any further.
    alter table user_pictures alter column large set storage external,
                              alter column small set storage external
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table user_pictures');
}
