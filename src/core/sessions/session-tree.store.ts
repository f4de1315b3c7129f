// One live or ended session, with the grants issued in it and their refresh token families. Lists
// of live sessions are in session-list.store.ts, families in
// core/tokens/refresh-family-list.store.ts.
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface SessionRoot {
  readonly uid: string;
  /** `undefined` when no user signed in. */
  readonly userId: string | undefined;
  readonly email: string | undefined;
  /** The user agent of the last sign-in, truncated. */
  readonly device: string | undefined;
  readonly address: string | undefined;
  readonly amr: readonly string[];
  readonly signedInAt: Date | undefined;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | undefined;
  /** Name of the audit event that recorded the end. */
  readonly endedBecause: string | undefined;
}

export interface SessionGrant {
  readonly id: string;
  readonly clientId: string;
  readonly clientName: string | undefined;
  readonly scope: string | undefined;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | undefined;
  /** Oldest first. */
  readonly familyIds: readonly string[];
}

interface SessionRootRow {
  uid: string;
  user_id: string | null;
  email: string | null;
  device: string | null;
  address: string | null;
  amr: string[] | null;
  login_at: Date | null;
  created_at: Date;
  last_used_at: Date;
  expires_at: Date;
  ended_at: Date | null;
  ended_because: string | null;
}

interface SessionGrantRow {
  id: string;
  client_id: string;
  client_name: string | null;
  scope: string | null;
  created_at: Date;
  expires_at: Date;
  revoked_at: Date | null;
  family_ids: string[];
}

const root: Statement = {
  name: 'session_tree_root',
  text: `
    select s.uid, s.user_id, u.email, s.device, s.address, s.amr, s.login_at, s.created_at,
           s.last_used_at, s.expires_at, s.ended_at, s.ended_because
      from sessions s
      left join users u on u.id = s.user_id
     where s.uid = $1`,
};

// The session refers to the newest grant of each client. Refresh token families refer to the
// session in which they were issued, so that replaced grants are found, too.
const grants: Statement = {
  name: 'session_tree_grants',
  text: `
    with made as (
      select authorized.value ->> 'grantId' as id
        from sessions s, jsonb_each(s.authorizations) as authorized
       where s.uid = $1
      union
      select f.grant_id
        from sessions s
        join refresh_families f
          on f.user_id = s.user_id and f.content ->> 'sessionUid' = s.uid
       where s.uid = $1
    )
    select g.id, g.client_id, c.metadata ->> 'client_name' as client_name,
           g.content -> 'openid' ->> 'scope' as scope, g.created_at, g.expires_at, g.revoked_at,
           array(
             select f.id::text from refresh_families f
              where f.grant_id = g.id
              order by f.created_at, f.id
           ) as family_ids
      from made
      join grants g using (id)
      left join clients c using (client_id)
     order by g.created_at, g.id`,
};

export function createSessionTreeStore(db: Database) {
  return {
    async findRoot(uid: string): Promise<SessionRoot | undefined> {
      const { rows } = await db.run<SessionRootRow>(root, [uid]);
      return rows[0] && rootFromRow(rows[0]);
    },
    /** Oldest first, including revoked ones. */
    async listGrants(uid: string): Promise<SessionGrant[]> {
      const { rows } = await db.run<SessionGrantRow>(grants, [uid]);
      return rows.map(grantFromRow);
    },
  };
}

export type SessionTreeStore = ReturnType<typeof createSessionTreeStore>;

function rootFromRow(row: SessionRootRow): SessionRoot {
  return {
    uid: row.uid,
    userId: row.user_id ?? undefined,
    email: row.email ?? undefined,
    device: row.device ?? undefined,
    address: row.address ?? undefined,
    amr: row.amr ?? [],
    signedInAt: row.login_at ?? undefined,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at ?? undefined,
    endedBecause: row.ended_because ?? undefined,
  };
}

function grantFromRow(row: SessionGrantRow): SessionGrant {
  return {
    id: row.id,
    clientId: row.client_id,
    clientName: row.client_name ?? undefined,
    scope: row.scope ?? undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at ?? undefined,
    familyIds: row.family_ids,
  };
}
