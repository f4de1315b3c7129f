// Rows of impersonations, and the session of each.
import type { Knex } from 'knex';
import { sha256 } from '#platform/crypto/hashing.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { cutPage, type Page, type PageRequest } from '#platform/paging.ts';
import { newestFirst } from '#platform/database/lists/page-positions.ts';
import { isLiveImpersonation, isLiveSession, isPermitted } from './live-session.store.ts';
import {
  impersonationAcr,
  type ActiveImpersonation,
  type EndReason,
  type Impersonation,
  type ListedImpersonation,
} from './impersonations.ts';

export interface NewSession {
  /** The cookie value. */
  readonly id: string;
  /** SHA-256 of the device cookie of the administrator's browser. */
  readonly deviceId: Buffer;
  readonly address: string | undefined;
  /** The user agent. */
  readonly device: string | undefined;
}

interface ImpersonationRow {
  id: string;
  administrator_id: string;
  administrator_session_uid: string;
  user_id: string;
  session_uid: string;
  reason: string;
  started_at: Date;
  ends_at: Date;
}

const columns = `i.id, i.administrator_id, i.administrator_session_uid, i.user_id, i.session_uid,
  i.reason, i.started_at, i.ends_at`;

// In the order of their ids, so that two impersonations cannot deadlock. A block, deletion or sign-out of
// either user locks the same row first.
const lockUsers: Statement = {
  name: 'impersonation_lock_users',
  text: 'select id from users where id = any ($1::uuid[]) order by id for share',
};

const insert: Statement = {
  name: 'impersonation_insert',
  text: `
    insert into impersonations (id, administrator_id, administrator_session_uid, user_id,
           session_uid, reason, started_at, ends_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)`,
};

const proof: Statement = {
  name: 'impersonation_proof',
  text: `select ${isPermitted('$2::timestamptz')} as permitted from impersonations i where i.id = $1`,
};

const insertSession: Statement = {
  name: 'impersonation_session',
  text: `
    insert into sessions (uid, id_hash, user_id, login_at, signed_in_at, acr, transient,
           authorizations, created_at, last_used_at, expires_at, address, device, device_id,
           impersonation_id, impersonator_id, impersonation_ends_at)
    select i.session_uid, $2, i.user_id, i.started_at, i.started_at, $3, true,
           '{}', i.started_at, i.started_at, i.ends_at, $4, $5, $6::bytea,
           i.id, i.administrator_id, i.ends_at
      from impersonations i
     where i.id = $1`,
};

const end: Statement = {
  name: 'impersonation_end',
  text: `
    update impersonations i
       set ended_at = least($2::timestamptz, i.ends_at), ended_because = $3
     where i.id = $1 and i.ended_at is null
    returning ${columns}`,
};

const openOf: Statement = {
  name: 'impersonations_open_of',
  text: 'select id from impersonations where administrator_id = $1 and ended_at is null',
};

const ownSession = `
  join sessions s on s.uid = i.session_uid and ${isLiveSession('$1::timestamptz')}`;

const list: Statement = {
  name: 'impersonations_list',
  text: `
    select ${columns}, a.email as administrator_email, u.email as user_email
      from impersonations i
      ${ownSession}
      left join users a on a.id = i.administrator_id
      left join users u on u.id = i.user_id
     where (i.started_at, i.id::text) < ($2::timestamptz, $3)
     order by i.started_at desc, i.id::text desc
     limit $4`,
};

const findActive: Statement = {
  name: 'impersonation_active',
  text: `
    select ${columns}, coalesce(u.name, u.email) as user_name
      from impersonations i
      ${ownSession} and s.device_id = $3::bytea
      join users u on u.id = i.user_id
     where i.id = $2`,
};

const findPast: Statement = {
  name: 'impersonation_find',
  text: `select ${columns} from impersonations i where i.id = $1`,
};

const dead: Statement = {
  name: 'impersonations_dead',
  text: `
    select i.id,
           case when s.uid is null or s.ended_at is not null then 'session_ended'
                when i.ends_at <= $1::timestamptz then 'expired'
                else 'not_permitted'
           end as because
      from impersonations i
      left join sessions s on s.uid = i.session_uid
     where i.ended_at is null
       and not (${isLiveImpersonation('$1::timestamptz')}
                and s.uid is not null and s.ended_at is null)`,
};

export function createImpersonationStore(db: Database) {
  return {
    async lockUsers(ids: readonly string[], tx: Knex): Promise<void> {
      await db.run(lockUsers, [ids], tx);
    },
    /**
     * Inserts the row and its session. False: it is not permitted, and the transaction must be rolled back.
     */
    async start(each: Impersonation, session: NewSession, tx: Knex): Promise<boolean> {
      await db.run(insert, valuesOf(each), tx);
      // A separate statement, so that it sees everything that was committed before the users were locked.
      const { rows } = await db.run<{ permitted: boolean }>(proof, [each.id, each.startedAt], tx);
      if (rows[0]?.permitted !== true) return false;
      const { id, deviceId, address, device } = session;
      const values = [
        each.id,
        sha256(id),
        impersonationAcr,
        address ?? null,
        device ?? null,
        deviceId,
      ];
      await db.run(insertSession, values, tx);
      return true;
    },
    /** `undefined` if it had ended before. */
    async end(
      id: string,
      because: EndReason,
      at: Date,
      tx: Knex,
    ): Promise<Impersonation | undefined> {
      const { rows } = await db.run<ImpersonationRow>(end, [id, at, because], tx);
      return rows[0] && fromRow(rows[0]);
    },
    async openOf(administratorId: string, tx: Knex): Promise<readonly string[]> {
      const { rows } = await db.run<{ id: string }>(openOf, [administratorId], tx);
      return rows.map(({ id }) => id);
    },
    /** Live impersonations, most recent first. */
    async list(
      { after = newestFirst.text, limit }: PageRequest,
      now: Date,
    ): Promise<Page<ListedImpersonation>> {
      const { rows } = await db.run<
        ImpersonationRow & { administrator_email: string | null; user_email: string | null }
      >(list, [now, ...after, limit + 1]);
      const items = rows.map((row) => ({
        ...fromRow(row),
        administratorEmail: row.administrator_email ?? undefined,
        userEmail: row.user_email ?? undefined,
      }));
      return cutPage(items, limit, ({ startedAt, id }) => [startedAt.toISOString(), id]);
    },
    /** The impersonation, if it is live and belongs to the browser with this device cookie. */
    async findActive(
      id: string,
      deviceId: Buffer,
      now: Date,
    ): Promise<ActiveImpersonation | undefined> {
      const { rows } = await db.run<ImpersonationRow & { user_name: string }>(findActive, [
        now,
        id,
        deviceId,
      ]);
      return rows[0] && { ...fromRow(rows[0]), userName: rows[0].user_name };
    },
    async find(id: string): Promise<Impersonation | undefined> {
      const { rows } = await db.run<ImpersonationRow>(findPast, [id]);
      return rows[0] && fromRow(rows[0]);
    },
    /** Impersonations that are no longer live and whose end is not recorded yet. */
    async findDead(now: Date): Promise<readonly { id: string; because: EndReason }[]> {
      return (await db.run<{ id: string; because: EndReason }>(dead, [now])).rows;
    },
  };
}

export type ImpersonationStore = ReturnType<typeof createImpersonationStore>;

function valuesOf(each: Impersonation): unknown[] {
  return [
    each.id,
    each.administratorId,
    each.administratorSessionUid,
    each.userId,
    each.sessionUid,
    each.reason,
    each.startedAt,
    each.endsAt,
  ];
}

function fromRow(row: ImpersonationRow): Impersonation {
  return {
    id: row.id,
    administratorId: row.administrator_id,
    administratorSessionUid: row.administrator_session_uid,
    userId: row.user_id,
    sessionUid: row.session_uid,
    reason: row.reason,
    startedAt: row.started_at,
    endsAt: row.ends_at,
  };
}
