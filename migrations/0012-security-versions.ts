// Versions that prove, in the statement of a write, that nothing was revoked since the writer read
// the data it relies on (docs/decisions/0016).
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table users
      add column security_version integer not null default 0, -- acts that ended what the user was signed in to
      add column access_version   integer not null default 0; -- acts that withdrew a client's access to the user
    alter table sessions
      add column signed_in_at       timestamptz,               -- when the sign-in was stored; judged against not_before
      add column replaced_id_hashes bytea[] not null default '{}'; -- the last few cookie values before id_hash: they still sign out
    create index sessions_replaced on sessions using gin (replaced_id_hashes);
    update sessions set signed_in_at = login_at;
    alter table grants
      add column session_uid text;                             -- the session in which it was made
    update grants g set session_uid = s.uid
      from sessions s, jsonb_each(s.authorizations) authorized
     where authorized.value ->> 'grantId' = g.id;
    create index grants_session on grants (session_uid) where revoked_at is null;
    alter table epochs
      add column security_version integer not null default 0; -- acts that signed everyone out
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    alter table users drop column security_version, drop column access_version;
    alter table grants drop column session_uid;
    alter table sessions drop column signed_in_at, drop column replaced_id_hashes;
    alter table epochs drop column security_version
  `);
}
