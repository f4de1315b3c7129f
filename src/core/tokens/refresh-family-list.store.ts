// Refresh token families for display: live and ended ones, with their stored rotations. Rotation
// and revocation are in refresh-families.store.ts.
import { cutPage, type Page, type PageRequest } from '#platform/paging.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { newestFirst } from '#platform/database/lists/page-positions.ts';
import type { RememberedRotation } from './refresh-families.store.ts';

export interface ListedFamily {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  readonly clientName: string | undefined;
  readonly grantId: string;
  readonly sessionUid: string | undefined;
  readonly scope: string | undefined;
  /** 0 for the first token, incremented by each rotation. */
  readonly generation: number;
  /** The most recent rotations, newest first. */
  readonly rotations: readonly RememberedRotation[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | undefined;
  readonly endedBecause: 'revoked' | 'reused' | undefined;
}

/** The audit event of a detected reuse. */
export interface RecordedReuse {
  readonly auditId: string;
  readonly at: Date;
  /** Generation of the reused token; old events do not contain it. */
  readonly reusedGeneration: number | undefined;
  /** Also `undefined` when erased. */
  readonly address: string | undefined;
  readonly device: string | undefined;
}

interface ListedFamilyRow {
  id: string;
  user_id: string;
  client_id: string;
  client_name: string | null;
  grant_id: string;
  session_uid: string | null;
  scope: string | null;
  generation: number;
  rotations: RememberedRotation[];
  created_at: Date;
  expires_at: Date;
  ended_at: Date | null;
  ended_because: 'revoked' | 'reused' | null;
}

interface NotedReuseRow {
  id: string;
  at: Date;
  reused_generation: number | null;
  address: string | null;
  device: string | null;
}

const columns = `
  f.id, f.user_id, f.client_id, c.metadata ->> 'client_name' as client_name, f.grant_id,
  f.content ->> 'sessionUid' as session_uid, f.content ->> 'scope' as scope, f.generation,
  f.rotations, f.created_at, f.expires_at, f.ended_at, f.ended_because`;

const byId: Statement = {
  name: 'family_show',
  text: `
    select ${columns}
      from refresh_families f
      left join clients c using (client_id)
     where f.id = $1`,
};

const ofUser: Statement = {
  name: 'family_list_of_user',
  text: `
    select ${columns}
      from refresh_families f
      left join clients c using (client_id)
     where f.user_id = $1
       and (f.created_at, f.id) < ($2::timestamptz, $3::uuid)
     order by f.created_at desc, f.id desc
     limit $4`,
};

const reuse: Statement = {
  name: 'family_reuse',
  text: `
    select id, at, (details -> 'reusedGeneration')::integer as reused_generation,
           personal ->> 'address' as address, personal ->> 'device' as device
      from audit_events
     where event = 'refresh_token.reused' and user_id = $1 and details ->> 'familyId' = $2
     order by at
     limit 1`,
};

export function createFamilyListStore(db: Database) {
  return {
    async find(id: string): Promise<ListedFamily | undefined> {
      const { rows } = await db.run<ListedFamilyRow>(byId, [id]);
      return rows[0] && listedFromRow(rows[0]);
    },
    /** Most recent first. */
    async listOfUser(
      userId: string,
      { after = newestFirst.uuid, limit }: PageRequest,
    ): Promise<Page<ListedFamily>> {
      const { rows } = await db.run<ListedFamilyRow>(ofUser, [userId, ...after, limit + 1]);
      return cutPage(rows.map(listedFromRow), limit, ({ createdAt, id }) => [
        createdAt.toISOString(),
        id,
      ]);
    },
    async findReuse({ id, userId }: Pick<ListedFamily, 'id' | 'userId'>) {
      const { rows } = await db.run<NotedReuseRow>(reuse, [userId, id]);
      return rows[0] && reuseFromRow(rows[0]);
    },
  };
}

export type FamilyListStore = ReturnType<typeof createFamilyListStore>;

function listedFromRow(row: ListedFamilyRow): ListedFamily {
  return {
    id: row.id,
    userId: row.user_id,
    clientId: row.client_id,
    clientName: row.client_name ?? undefined,
    grantId: row.grant_id,
    sessionUid: row.session_uid ?? undefined,
    scope: row.scope ?? undefined,
    generation: row.generation,
    rotations: row.rotations,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at ?? undefined,
    endedBecause: row.ended_because ?? undefined,
  };
}

function reuseFromRow(row: NotedReuseRow): RecordedReuse {
  return {
    auditId: row.id,
    at: row.at,
    reusedGeneration: row.reused_generation ?? undefined,
    address: row.address ?? undefined,
    device: row.device ?? undefined,
  };
}
