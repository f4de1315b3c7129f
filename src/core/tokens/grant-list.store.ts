// Lists of active grants for display. Reads and writes that decide about a grant are in
// grants.store.ts.
import { cutPage, type Page, type PageRequest } from '#platform/paging.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { newestFirst } from '#platform/database/lists/page-positions.ts';

export interface ListedGrant {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  readonly clientName: string | undefined;
  /** Scopes and single claims about the user. */
  readonly scopes: readonly string[];
  readonly claims: readonly string[];
  /** Scopes per API audience. */
  readonly resources: Readonly<Record<string, readonly string[]>>;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

interface ListedGrantRow {
  id: string;
  user_id: string;
  client_id: string;
  client_name: string | null;
  /** As oidc-provider writes it; empty members are omitted. */
  content: {
    openid?: { scope?: string; claims?: string[] } | null;
    resources?: Record<string, string> | null;
  };
  created_at: Date;
  expires_at: Date;
}

const ofUser: Statement = {
  name: 'grant_list_of_user',
  text: `
    select g.id, g.user_id, g.client_id, c.metadata ->> 'client_name' as client_name, g.content,
           g.created_at, g.expires_at
      from grants g
      left join clients c using (client_id)
     where g.user_id = $1 and g.revoked_at is null and g.expires_at > $2
       and (g.created_at, g.id) < ($3::timestamptz, $4)
     order by g.created_at desc, g.id desc
     limit $5`,
};

export function createGrantListStore(db: Database) {
  return {
    /** Most recent first. */
    async listOfUser(
      userId: string,
      { after = newestFirst.text, limit }: PageRequest,
      now: Date,
    ): Promise<Page<ListedGrant>> {
      const values = [userId, now, ...after, limit + 1];
      const { rows } = await db.run<ListedGrantRow>(ofUser, values);
      return cutPage(rows.map(listedFromRow), limit, ({ createdAt, id }) => [
        createdAt.toISOString(),
        id,
      ]);
    },
  };
}

export type GrantListStore = ReturnType<typeof createGrantListStore>;

function listedFromRow(row: ListedGrantRow): ListedGrant {
  const { openid, resources } = row.content;
  return {
    id: row.id,
    userId: row.user_id,
    clientId: row.client_id,
    clientName: row.client_name ?? undefined,
    scopes: splitWords(openid?.scope),
    claims: openid?.claims ?? [],
    resources: Object.fromEntries(
      Object.entries(resources ?? {}).map(([audience, scope]) => [audience, splitWords(scope)]),
    ),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}

function splitWords(words: string | undefined): readonly string[] {
  return (words ?? '').split(' ').filter((word) => word !== '');
}
