// Lists of live sessions for display. Reads and writes that decide about a session are in
// sessions.store.ts; core/revocation/revocation.store.ts ends them.
import { isLiveSession } from '#core/impersonations/live-session.store.ts';
import { cutPage, type Page, type PageRequest } from '#platform/paging.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { newestFirst } from '#platform/database/lists/page-positions.ts';

/** A client that was authorized in a session. */
export interface VisitedApp {
  readonly clientId: string;
  /** `undefined` when it has no registered name or no longer exists. */
  readonly name: string | undefined;
}

export interface ListedSession {
  readonly uid: string;
  readonly userId: string;
  /** The user agent of the last sign-in, truncated. */
  readonly device: string | undefined;
  readonly address: string | undefined;
  readonly amr: readonly string[];
  readonly signedInAt: Date | undefined;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  readonly apps: readonly VisitedApp[];
  /** The administrator who is signed in as the user in this session. */
  readonly impersonatorId: string | undefined;
}

interface ListedSessionRow {
  uid: string;
  user_id: string;
  device: string | null;
  address: string | null;
  amr: string[] | null;
  login_at: Date | null;
  created_at: Date;
  last_used_at: Date;
  expires_at: Date;
  apps: { client_id: string; name: string | null }[] | null;
  impersonator_id: string | null;
}

function listing(name: string, whose: string): Statement {
  return {
    name,
    text: `
      select s.uid, s.user_id, s.device, s.address, s.amr, s.login_at, s.created_at,
             s.last_used_at, s.expires_at, s.impersonator_id,
             (select jsonb_agg(jsonb_build_object(
                       'client_id', visited.client_id,
                       'name', c.metadata ->> 'client_name') order by visited.client_id)
                from jsonb_object_keys(s.authorizations) as visited (client_id)
                left join clients c using (client_id)) as apps
        from sessions s
       where ${whose} and ${isLiveSession('$1')}
         and (s.created_at, s.uid) < ($2::timestamptz, $3)
       order by s.created_at desc, s.uid desc
       limit $4`,
  };
}

const ofUser = listing('session_list_of_user', 's.user_id = $5');
const ofEverybody = listing('session_list', 's.user_id is not null');

export function createSessionListStore(db: Database) {
  return {
    /** Most recent first; of all users without a `userId`. */
    async list(
      userId: string | undefined,
      { after = newestFirst.text, limit }: PageRequest,
      now: Date,
    ): Promise<Page<ListedSession>> {
      const values = [now, ...after, limit + 1, ...(userId === undefined ? [] : [userId])];
      const statement = userId === undefined ? ofEverybody : ofUser;
      const { rows } = await db.run<ListedSessionRow>(statement, values);
      return cutPage(rows.map(listedFromRow), limit, ({ createdAt, uid }) => [
        createdAt.toISOString(),
        uid,
      ]);
    },
  };
}

export type SessionListStore = ReturnType<typeof createSessionListStore>;

function listedFromRow(row: ListedSessionRow): ListedSession {
  return {
    uid: row.uid,
    userId: row.user_id,
    device: row.device ?? undefined,
    address: row.address ?? undefined,
    amr: row.amr ?? [],
    signedInAt: row.login_at ?? undefined,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    impersonatorId: row.impersonator_id ?? undefined,
    apps: (row.apps ?? []).map(({ client_id: clientId, name }) => ({
      clientId,
      name: name ?? undefined,
    })),
  };
}
