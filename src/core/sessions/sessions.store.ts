// Browser sessions, one row each for its whole lifetime, stored only in PostgreSQL. A row contains
// the single valid cookie value. Replacing it invalidates the previous one, and an ended row is
// kept until it expires, so that neither can become valid again.
import type { Knex } from 'knex';
import { sha256 } from '#platform/crypto/hashing.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import {
  auditColumns,
  auditPlaceholders,
  auditValues,
  type AuditRecord,
} from '#core/audit/audit-events.store.ts';
import { isLiveSession } from '#core/impersonations/live-session.store.ts';
import { unchangedUser } from '#core/users/unchanged-user.store.ts';
import {
  endedSessionFromRow,
  impersonationColumns,
  sessionFromRow,
  type EndedSession,
  type EndedSessionRow,
  type SaveOutcome,
  type Session,
  type SessionChange,
  type SessionRow,
} from './session-rows.store.ts';
import type { DeviceClauses } from './sign-in-devices.ts';

const columns = `uid, user_id, login_at, signed_in_at, acr, amr, transient, state, authorizations, created_at,
  expires_at, ${impersonationColumns.join(', ')}`;

const findByUid: Statement = {
  name: 'session_by_uid',
  text: `select ${columns} from sessions s where uid = $1 and ${isLiveSession('$2')}`,
};

/** Number of replaced cookie values of a session that can still be used to sign out. */
const rememberedIds = 4;

// Locks the row if it exists. Without the lock, ON CONFLICT can miss a row that another request is
// updating, and the insertion then fails at the unique index on id_hash.
const lock = (condition = '') => `
    select 1 from sessions where uid = $1 ${condition} for no key update`;

// A writer whose cookie value was replaced meanwhile may still add its client, because a code for it is about
// to be issued. It can neither restore the old value nor undo the new sign-in. The session of an
// impersonation never gets another user, nor a sign-in by its user.
const isSameUser = 's.user_id is not distinct from excluded.user_id';
const saveText = (gate: string, signedInAt = 'null', isImpersonatedUse = isSameUser) => `
    insert into sessions as s (uid, id_hash, user_id, login_at, acr, amr, transient, state,
           authorizations, created_at, last_used_at, expires_at, address, device, device_id,
           signed_in_at)
    select $1, $2, $3::uuid, $4::timestamptz, $5, $6::text[], $7::boolean, $8::jsonb, $9::jsonb,
           $10::timestamptz, $10, $11::timestamptz, $14, $15, $16::bytea,
           ${signedInAt}::timestamptz
      ${gate}
    on conflict (uid) do update
       set id_hash = case when s.id_hash in ($2, $12) then excluded.id_hash else s.id_hash end,
           replaced_id_hashes = case
             when s.id_hash in ($2, $12) and s.id_hash <> excluded.id_hash
             then (s.id_hash || s.replaced_id_hashes)[1:${rememberedIds}]
             else s.replaced_id_hashes
           end,
           user_id = case when s.id_hash in ($2, $12) then excluded.user_id else s.user_id end,
           login_at = case when s.id_hash in ($2, $12) then excluded.login_at else s.login_at end,
           signed_in_at = case
             when s.id_hash in ($2, $12) then coalesce(excluded.signed_in_at, s.signed_in_at)
             else s.signed_in_at
           end,
           acr = case when s.id_hash in ($2, $12) then excluded.acr else s.acr end,
           amr = case when s.id_hash in ($2, $12) then excluded.amr else s.amr end,
           transient = case when s.id_hash in ($2, $12) then excluded.transient else s.transient end,
           state = case
             when s.id_hash in ($2, $12) or s.replaced_id_hashes @> array[$2] then excluded.state
             else s.state
           end,
           authorizations = (s.authorizations - $13::text[]) || (
             select coalesce(jsonb_object_agg(written.key, written.value || persistence.value), '{}')
               from jsonb_each(excluded.authorizations) written,
                    lateral (
                      select case when s.authorizations -> written.key ->> 'persistsLogout' = 'true'
                                  then '{"persistsLogout": true}'::jsonb else '{}'::jsonb end
                    ) persistence (value)
           ),
           last_used_at = excluded.last_used_at,
           expires_at = least(
             greatest(case when not excluded.transient then s.expires_at end, excluded.expires_at),
             s.impersonation_ends_at
           ),
           address = coalesce(excluded.address, s.address),
           device = coalesce(excluded.device, s.device),
           device_id = coalesce(excluded.device_id, s.device_id)
     where s.ended_at is null
       and (s.id_hash in ($2, $12) or s.user_id is not distinct from excluded.user_id)
       and (s.impersonation_id is null or ${isImpersonatedUse})`;

// A session with an earlier sign-in is never inserted, because its row may have been deleted.
const save: Statement = {
  name: 'session_save',
  text: `
    with locked as (${lock()})
    ${saveText(`
      from (select count(*) as rows from locked) existing
     where $3::uuid is null or existing.rows = 1`)}`,
};

// The audit event, the device and the mail about a new device are written in the statement that
// stores the sign-in, so that none of them exists without the others. The user is locked before the
// session, in the order of a revocation.
const auditStart = 18;
const deviceStart = auditStart + auditColumns.split(',').length;
const saveWithSignIn = (deviceClauses: DeviceClauses): Statement => ({
  name: 'session_save_with_sign_in',
  text: `
    with unchanged as (
      ${unchangedUser({ userId: '$3', at: '$10', securityVersion: '$17' })}
    ), locked as (
      ${lock('and exists (select 1 from unchanged)')}
    ), saved as (
      ${saveText('from unchanged cross join (select count(*) from locked) existing', '$10', 'false')}
      returning s.uid
    ), traced as (
      insert into audit_events (${auditColumns})
      select ${auditPlaceholders(auditStart)} from saved
    ), ${deviceClauses({ user: '$3', device: '$16', at: '$10' }, deviceStart)}
    select exists (select 1 from alarmed) as new_device from saved`,
});

// Grants that are bound to the session end with it; grants with offline_access remain. This takes
// two statements: the second one sees every grant that was stored until the first one locked the
// row of the session. It also writes the audit event.
const end: Statement = {
  name: 'session_end',
  text: `
    update sessions set ended_at = $2, ended_because = 'session.ended'
     where (id_hash = $1 or replaced_id_hashes @> array[$1::bytea]) and ended_at is null
    returning uid, user_id, authorizations`,
};

const endBoundGrants: Statement = {
  name: 'session_end_grants',
  text: `
    with bound as (
      select id from grants where session_uid = $1 and client_id <> all ($3::text[])
    ), revoked as (
      update grants set revoked_at = $2
       where id in (select id from bound) and revoked_at is null
    ), cut as (
      update refresh_families set ended_at = $2, ended_because = 'revoked'
       where grant_id in (select id from bound) and ended_at is null
    )
    insert into audit_events (${auditColumns})
    values (${auditPlaceholders(4)})`,
};

export interface SessionStoreOptions {
  /** Saves the device of a sign-in. */
  readonly deviceClauses: DeviceClauses;
}

export function createSessionStore(db: Database, { deviceClauses }: SessionStoreOptions) {
  const saveSignedIn = saveWithSignIn(deviceClauses);
  return {
    async findByUid(uid: string, now: Date): Promise<Session | undefined> {
      const { rows } = await db.run<SessionRow>(findByUid, [uid, now]);
      return rows[0] && sessionFromRow(rows[0]);
    },
    /** Creates or updates a session. Clients are merged, and an ended session stays ended. */
    async save(change: SessionChange, now: Date, tx: Knex = db.knex): Promise<SaveOutcome> {
      const { signIn } = change;
      if (!signIn) {
        const { rowCount } = await db.run(save, valuesOf(change, now), tx);
        return rowCount === 1 ? { onNewDevice: false } : undefined;
      }
      const { securityVersion, audit, signInDevice } = signIn;
      const values = [
        ...valuesOf(change, now),
        securityVersion,
        ...auditValues(audit),
        ...signInDevice.values,
      ];
      const { rows } = await db.run<{ new_device: boolean }>(saveSignedIn, values, tx);
      return rows[0] && { onNewDevice: rows[0].new_device };
    },
    /**
     * Ends the session with this cookie value, current or replaced. The caller must then call `endGrants`.
     */
    async endById(id: string, now: Date, tx: Knex): Promise<EndedSession | undefined> {
      const { rows } = await db.run<EndedSessionRow>(end, [sha256(id), now], tx);
      return rows[0] && endedSessionFromRow(rows[0]);
    },
    /** Revokes the grants that are bound to the session, and writes the audit event of its end. */
    async endGrants(
      { uid, authorizations }: EndedSession,
      now: Date,
      entry: AuditRecord,
      tx: Knex,
    ): Promise<void> {
      const lasting = Object.entries(authorizations)
        .filter(([, { persistsLogout }]) => persistsLogout === true)
        .map(([clientId]) => clientId);
      await db.run(endBoundGrants, [uid, now, lasting, ...auditValues(entry)], tx);
    },
  };
}

export type SessionStore = ReturnType<typeof createSessionStore>;

/** Values of the row's columns, in the order that the saving statements expect. */
function valuesOf(change: SessionChange, now: Date): unknown[] {
  const { signIn } = change;
  return [
    change.uid,
    sha256(change.id),
    change.userId ?? null,
    change.loginAt ?? null,
    change.acr ?? null,
    change.amr ?? null,
    change.transient,
    change.state ? JSON.stringify(change.state) : null,
    JSON.stringify(change.authorizations),
    now,
    change.expiresAt,
    sha256(change.replacedId ?? change.id),
    change.removedClientIds,
    signIn?.address ?? null,
    signIn?.device ?? null,
    signIn?.signInDevice.deviceId ?? null,
  ];
}
