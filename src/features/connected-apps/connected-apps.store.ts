// Lists the clients with access to a user's account for the account page: scopes, claims, start of
// the access and last use. This is a view only; access is decided by core/tokens/grants.store.ts
// and core/consents/consents.store.ts.
import type { AccessRequest } from '#core/consents/consents.ts';
import { splitScope } from '#core/clients/scopes.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface AppAccess extends AccessRequest {
  readonly clientId: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly since: Date;
  readonly lastUsedAt: Date;
}

interface AppAccessRow {
  client_id: string;
  metadata: Record<string, unknown>;
  since: Date;
  last_used_at: Date;
  scopes: string[];
  claims: string[];
  resources: Record<string, string>;
}

/** Cap on the list; a user hardly ever has more connected apps. */
const maxApps = 200;

// A full join, because a first-party client has grants without a consent, and a stored consent may
// outlive its grants.
const ofUser: Statement = {
  name: 'app_access_of_user',
  text: `
    with standing as (
      select g.client_id, g.created_at,
             greatest(g.created_at, (select max(coalesce(f.rotated_at, f.created_at))
                                       from refresh_families f where f.grant_id = g.id)) as used_at,
             string_to_array(coalesce(g.content -> 'openid' ->> 'scope', ''), ' ') as scopes
        from grants g
       where g.user_id = $1 and g.revoked_at is null and g.expires_at > $2
    ), by_grants as (
      select client_id, min(created_at) as since, max(used_at) as used_at,
             (select array_agg(distinct scope)
                from standing each, unnest(each.scopes) as scope
               where each.client_id = standing.client_id and scope <> '') as scopes
        from standing
       group by client_id
    )
    select client_id, c.metadata,
           least(a.granted_at, s.since) as since,
           coalesce(s.used_at, a.updated_at) as last_used_at,
           coalesce(a.scopes, s.scopes, '{}') as scopes,
           coalesce(a.claims, '{}') as claims,
           coalesce(a.resources, '{}') as resources
      from by_grants s
      full join (select * from consents where user_id = $1) a using (client_id)
      join clients c using (client_id)
     order by last_used_at desc, client_id
     limit ${maxApps}`,
};

export function createAppAccessStore(db: Database) {
  return {
    /** Most recently used first. */
    async list(userId: string, now: Date): Promise<readonly AppAccess[]> {
      return (await db.run<AppAccessRow>(ofUser, [userId, now])).rows.map(accessFromRow);
    },
  };
}

export type AppAccessStore = ReturnType<typeof createAppAccessStore>;

function accessFromRow(row: AppAccessRow): AppAccess {
  const resources = Object.entries(row.resources).map(
    ([audience, scope]) => [audience, splitScope(scope)] as const,
  );
  return {
    clientId: row.client_id,
    metadata: row.metadata,
    since: row.since,
    lastUsedAt: row.last_used_at,
    scopes: row.scopes,
    claims: row.claims,
    resources: Object.fromEntries(resources),
  };
}
