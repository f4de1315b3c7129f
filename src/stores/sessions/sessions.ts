// Browser sessions, one row each for all of its life. PostgreSQL alone decides about them.
// A row knows the one cookie value that is good now; replacing it kills the old value, and an
// ended row stays until it expires, so neither can come back (no tombstone table is needed).
import type { Knex } from 'knex';
import { sha256 } from '#platform/secrets/hashing.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import {
  auditColumns,
  auditPlaceholders,
  auditValues,
  type AuditRecord,
} from '#stores/audit/audit-events.ts';
import { deviceClauses, deviceValues, type DeviceTrace } from '#stores/accounts/user-devices.ts';

/** What a session holds for one app: the `sid` it was told and the grant made for it. */
export interface SessionAuthorization {
  readonly sid?: string | undefined;
  readonly grantId?: string | undefined;
  readonly persistsLogout?: boolean | undefined;
}

export interface Session {
  readonly uid: string;
  readonly userId: string | undefined;
  readonly loginAt: Date | undefined;
  readonly acr: string | undefined;
  readonly amr: readonly string[] | undefined;
  readonly transient: boolean;
  readonly state: object | undefined;
  readonly authorizations: Readonly<Record<string, SessionAuthorization>>;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface SessionChange extends Omit<Session, 'createdAt'> {
  /** The cookie value of the writer: the one to be good from now on. */
  readonly id: string;
  /** The value it replaces, when the writer changes it. */
  readonly replacedId: string | undefined;
  /** Apps the writer saw and took out. */
  readonly removedClientIds: readonly string[];
  /** Present when the person has just signed in: written down together with the session. */
  readonly signIn: SignInTrace | undefined;
}

export interface SignInTrace {
  readonly address: string | undefined;
  /** The user agent. */
  readonly device: string | undefined;
  readonly audit: AuditRecord;
  readonly deviceTrace: DeviceTrace;
}

export interface SavedSession {
  /** The person has just signed in on a device that is new to them: a mail about it is waiting. */
  readonly onNewDevice: boolean;
}

export interface EndedSession {
  readonly uid: string;
  readonly userId: string | undefined;
  readonly authorizations: Readonly<Record<string, SessionAuthorization>>;
}

export interface SessionRow {
  uid: string;
  user_id: string | null;
  login_at: Date | string | null;
  acr: string | null;
  amr: string[] | null;
  transient: boolean;
  state: object | null;
  authorizations: Record<string, SessionAuthorization>;
  created_at: Date | string;
  expires_at: Date | string;
}

const columns = `uid, user_id, login_at, acr, amr, transient, state, authorizations, created_at,
  expires_at`;

const findByUid: Statement = {
  name: 'session_by_uid',
  text: `select ${columns} from sessions where uid = $1 and ended_at is null and expires_at > $2`,
};

// A writer whose cookie value was replaced meanwhile may still add its app (its code is on the way
// to the browser), but neither revive the old value nor undo the new sign-in.
const saveText = `
    insert into sessions as s (uid, id_hash, user_id, login_at, acr, amr, transient, state,
           authorizations, created_at, last_used_at, expires_at, address, device, device_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $14, $15, $16)
    on conflict (uid) do update
       set id_hash = case when s.id_hash in ($2, $12) then excluded.id_hash else s.id_hash end,
           user_id = case when s.id_hash in ($2, $12) then excluded.user_id else s.user_id end,
           login_at = case when s.id_hash in ($2, $12) then excluded.login_at else s.login_at end,
           acr = case when s.id_hash in ($2, $12) then excluded.acr else s.acr end,
           amr = case when s.id_hash in ($2, $12) then excluded.amr else s.amr end,
           transient = case when s.id_hash in ($2, $12) then excluded.transient else s.transient end,
           state = case when s.id_hash in ($2, $12) then excluded.state else s.state end,
           authorizations = (s.authorizations - $13::text[]) || excluded.authorizations,
           last_used_at = excluded.last_used_at,
           expires_at = greatest(s.expires_at, excluded.expires_at),
           address = coalesce(excluded.address, s.address),
           device = coalesce(excluded.device, s.device),
           device_id = coalesce(excluded.device_id, s.device_id)
     where s.ended_at is null
       and (s.id_hash in ($2, $12) or s.user_id is not distinct from excluded.user_id)`;

const save: Statement = { name: 'session_save', text: saveText };

// A sign-in is written down in the statement that makes it, together with its device and the mail
// about a new one: none of them is there without the others.
const auditStart = 17;
const deviceStart = auditStart + auditColumns.split(',').length;
const saveWithSignIn: Statement = {
  name: 'session_save_with_sign_in',
  text: `
    with saved as (
      ${saveText}
      returning s.uid
    ), traced as (
      insert into audit_events (${auditColumns})
      select ${auditPlaceholders(auditStart)} from saved
    ), ${deviceClauses({ user: '$3', device: '$16', at: '$10' }, deviceStart)}
    select exists (select 1 from alarmed) as new_device from saved`,
};

// What apps got for as long as the person is signed in ends with the session; what they got for
// longer (offline_access) stays.
const end: Statement = {
  name: 'session_end',
  text: `
    with ended as (
      update sessions set ended_at = $2, ended_because = 'session.ended'
       where id_hash = $1 and ended_at is null
      returning uid, user_id, authorizations
    ), bound as (
      select held.value ->> 'grantId' as id
        from ended, jsonb_each(ended.authorizations) held
       where held.value ->> 'persistsLogout' is distinct from 'true'
    ), revoked as (
      update grants set revoked_at = $2
       where id in (select id from bound) and revoked_at is null
    ), cut as (
      update refresh_families set ended_at = $2, ended_because = 'revoked'
       where grant_id in (select id from bound) and ended_at is null
    )
    select uid, user_id, authorizations from ended`,
};

export function createSessionStore(db: Database) {
  return {
    async findByUid(uid: string, now: Date): Promise<Session | undefined> {
      const { rows } = await db.run<SessionRow>(findByUid, [uid, now]);
      return rows[0] && sessionFromRow(rows[0]);
    },
    /** Creates or changes; apps are merged, and a session that has ended stays ended. */
    async save(change: SessionChange, now: Date, tx: Knex = db.knex): Promise<SavedSession> {
      const { signIn } = change;
      const replaced = change.replacedId ?? change.id;
      const { rows } = await db.run<{ new_device: boolean }>(
        signIn ? saveWithSignIn : save,
        [
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
          sha256(replaced),
          change.removedClientIds,
          signIn?.address ?? null,
          signIn?.device ?? null,
          signIn?.deviceTrace.deviceId ?? null,
          ...(signIn ? [...auditValues(signIn.audit), ...deviceValues(signIn.deviceTrace)] : []),
        ],
        tx,
      );
      return { onNewDevice: rows[0]?.new_device === true };
    },
    /** Ends the session that this cookie value opens, and the grants bound to it. */
    async endById(id: string, now: Date, tx: Knex = db.knex): Promise<EndedSession | undefined> {
      const { rows } = await db.run<EndedSessionRow>(end, [sha256(id), now], tx);
      return rows[0] && endedSessionFromRow(rows[0]);
    },
  };
}

export type SessionStore = ReturnType<typeof createSessionStore>;

export interface EndedSessionRow {
  uid: string;
  user_id: string | null;
  authorizations: Record<string, SessionAuthorization>;
}

export function endedSessionFromRow(row: EndedSessionRow): EndedSession {
  return { uid: row.uid, userId: row.user_id ?? undefined, authorizations: row.authorizations };
}

/** Reads a row of the table or its `to_jsonb` form, whose times are text. */
export function sessionFromRow(row: SessionRow): Session {
  return {
    uid: row.uid,
    userId: row.user_id ?? undefined,
    loginAt: row.login_at === null ? undefined : new Date(row.login_at),
    acr: row.acr ?? undefined,
    amr: row.amr ?? undefined,
    transient: row.transient,
    state: row.state ?? undefined,
    authorizations: row.authorizations,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
  };
}
