// Parked sessions: live sessions of a browser other than the one whose cookie it sends. Only the browser
// itself remembers which they are (oidc/sessions/account-cookie.ts); in the database a parked session is like
// any other, so every revocation reaches it.
import { sha256 } from '#platform/crypto/hashing.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import {
  impersonationColumns,
  sessionFromRow,
  type Session,
  type SessionRow,
} from '#core/sessions/session-rows.store.ts';

export interface LiveSession extends Session {
  readonly userId: string;
  readonly email: string;
  readonly name: string | undefined;
}

export interface Takeover {
  readonly id: string;
  /** Becomes the valid cookie value. */
  readonly newId: string;
  /** SHA-256 of the device cookie: the browser in which the user signed in. */
  readonly deviceId: Buffer;
}

interface LiveSessionRow extends SessionRow {
  id_hash: Buffer;
  user_id: string;
  email: string;
  name: string | null;
}

const columns = `s.id_hash, s.uid, s.user_id, s.login_at, s.signed_in_at, s.acr, s.amr, s.transient,
  s.state, s.authorizations, s.created_at, s.expires_at, u.email, u.name,
  ${impersonationColumns.map((column) => `s.${column}`).join(', ')}`;

// The session of an impersonation is never parked: it can only be used or ended.
const isAlive = (now: string) => `
  s.ended_at is null and s.expires_at > ${now} and s.impersonation_id is null
  and (u.blocked_at is null or u.blocked_until <= ${now})`;

const find: Statement = {
  name: 'parked_sessions_find',
  text: `
    select ${columns}
      from sessions s
      join users u on u.id = s.user_id
     where s.id_hash = any ($1::bytea[]) and s.device_id = $2 and ${isAlive('$3')}`,
};

// One statement, so that a session that ended meanwhile is never activated: of the two writes to the row, the
// later one sees the earlier. The replaced cookie value can only sign out.
const takeOver: Statement = {
  name: 'parked_session_take_over',
  text: `
    update sessions s
       set id_hash = $2, replaced_id_hashes = (s.id_hash || s.replaced_id_hashes)[1:4],
           last_used_at = $4
      from users u
     where u.id = s.user_id and s.id_hash = $1 and s.device_id = $3 and ${isAlive('$4')}
    returning ${columns}`,
};

export function createParkedSessionStore(db: Database) {
  return {
    /** The live sessions of this browser with these cookie values, by cookie value. */
    async find(
      ids: readonly string[],
      deviceId: Buffer,
      now: Date,
    ): Promise<ReadonlyMap<string, LiveSession>> {
      const values = [ids.map(sha256), deviceId, now];
      const { rows } = await db.run<LiveSessionRow>(find, values);
      const byHash = new Map(rows.map((row) => [row.id_hash.toString('hex'), row]));
      const found = ids.flatMap((id) => {
        const row = byHash.get(sha256(id).toString('hex'));
        return row ? [[id, liveFromRow(row)] as const] : [];
      });
      return new Map(found);
    },
    /** `undefined` if the session is not live or belongs to another browser. */
    async takeOver({ id, newId, deviceId }: Takeover, now: Date): Promise<LiveSession | undefined> {
      const values = [sha256(id), sha256(newId), deviceId, now];
      const { rows } = await db.run<LiveSessionRow>(takeOver, values);
      return rows[0] && liveFromRow(rows[0]);
    },
  };
}

export type ParkedSessionStore = ReturnType<typeof createParkedSessionStore>;

function liveFromRow(row: LiveSessionRow): LiveSession {
  const { user_id: userId, email, name } = row;
  return { ...sessionFromRow(row), userId, email, name: name ?? undefined };
}
