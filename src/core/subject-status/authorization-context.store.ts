// Loads everything that decides whether a request is authorized in one statement: the user, the
// grant, the session and the global notBefore. The tables belong to their own stores.
import type { Assignments } from '#core/access-control/assignments.ts';
import {
  assignmentsColumn,
  assignmentsFromRow,
  type AssignmentsRow,
} from '#core/access-control/assignments.store.ts';
import type { User } from '#core/users/users.ts';
import { sha256 } from '#platform/crypto/hashing.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { grantFromRow, type Grant, type GrantRow } from '#core/tokens/grants.store.ts';
import {
  familyColumns,
  familyFromRow,
  type RefreshFamily,
  type RefreshFamilyRow,
} from '#core/tokens/refresh-family-rows.store.ts';
import {
  sessionFromRow,
  type Session,
  type SessionRow,
} from '#core/sessions/session-rows.store.ts';
import { isLiveSession } from '#core/impersonations/live-session.store.ts';
import { userFromRow, type UserRow } from '#core/users/users.store.ts';

export interface AuthorizationContext {
  readonly user: User | undefined;
  /** The roles, groups and organizations of the user. */
  readonly assignments: Assignments;
  /** Also `undefined` when revoked. */
  readonly grant: Grant | undefined;
  /** Also `undefined` when ended or expired. */
  readonly session: Session | undefined;
  /** The global notBefore, which applies to all users. */
  readonly notBefore: Date | undefined;
}

export type RefreshContext = AuthorizationContext & { readonly family: RefreshFamily };

export interface AuthorizationContextIds {
  readonly userId: string | undefined;
  readonly grantId: string | undefined;
  readonly sessionUid: string | undefined;
}

export interface AuthorizationContextRow {
  user: UserRow | null;
  assignments: AssignmentsRow | null;
  grant: GrantRow | null;
  session: SessionRow | null;
  not_before: Date | null;
  security_version: number;
}

export type RefreshContextRow = AuthorizationContextRow & RefreshFamilyRow;

// The table has one row, but PostgreSQL never gathers statistics of so small a table, and would
// expect thousands: the plan would look expensive enough to be compiled, which takes 100 times as
// long as the statement.
export const epochRow = '(select not_before, security_version from epochs limit 1) e';

// The rows are sent as JSON, because reading the descriptions of their fifty columns takes this process
// longer than parsing them. `row_to_json` writes text at once; `to_jsonb` would build a tree first.
const columnsWith = (session: string): string => `
  e.not_before, e.security_version,
  case when u.id is null then null else row_to_json(u) end as user,
  ${assignmentsColumn('u.id')} as assignments,
  case when g.id is null then null else row_to_json(g) end as "grant",
  ${session} as session`;

/** Columns for a statement with the epoch `e`, a user `u`, a grant `g` and a session `s`, which may be null. */
export const contextColumns = columnsWith(
  'case when s.uid is null then null else row_to_json(s) end',
);

const byIds: Statement = {
  name: 'actors_by_ids',
  text: `
    select ${contextColumns}
      from ${epochRow}
      left join users u on u.id = $1
      left join grants g on g.id = $2 and g.revoked_at is null
      left join sessions s on s.uid = $3 and ${isLiveSession('$4')}`,
};

/** For introspection, which requests to other services wait for. */
const byIdsUrgently: Statement = { ...byIds, isUrgent: true };

const byCode: Statement = {
  name: 'actors_by_code',
  text: `
    select ${contextColumns},
           exists (select 1 from code_redemptions where code_hash = $5) as redeemed
      from ${epochRow}
      left join users u on u.id = $1
      left join grants g on g.id = $2 and g.revoked_at is null
      left join sessions s on s.uid = $3 and ${isLiveSession('$4')}`,
};

const bySession = (name: string, condition: string): Statement => ({
  name,
  text: `
    select ${contextColumns}
      from ${epochRow}
      join sessions s on ${condition} and ${isLiveSession('$2')}
      left join users u on u.id = s.user_id
      left join grants g on g.id = s.authorizations -> $3::text ->> 'grantId' and g.revoked_at is null`,
});

const bySessionId = bySession('actors_by_session', 's.id_hash = $1');
const byReplacedSessionId = bySession(
  'actors_by_replaced_session',
  's.replaced_id_hashes @> array[$1::bytea]',
);

const columnsOfFamily = familyColumns.map((column) => `f.${column}`).join(', ');

const byRefreshFamily: Statement = {
  name: 'actors_by_refresh_family',
  text: `
    select ${contextColumns}, ${columnsOfFamily}
      from ${epochRow}
      join refresh_families f on f.id = $1 and f.ended_at is null
      left join users u on u.id = f.user_id
      left join grants g on g.id = f.grant_id and g.revoked_at is null
      left join sessions s on s.uid = f.content ->> 'sessionUid' and ${isLiveSession('$2')}`,
};

const sessionOfFamily = (now: string): string => `
  (select row_to_json(s) from sessions s
    where s.uid = f.content ->> 'sessionUid' and ${isLiveSession(now)})`;

/** Columns for a statement that has a family `f` and its user `u`, grant `g` and epoch `e`, but no session. */
export const contextOfFamily = (now: string): string =>
  `${columnsWith(sessionOfFamily(now))}, ${columnsOfFamily}`;

export function createAuthorizationContextStore(db: Database) {
  return {
    async load(
      ids: AuthorizationContextIds,
      now: Date,
      { isUrgent = false } = {},
    ): Promise<AuthorizationContext> {
      const statement = isUrgent ? byIdsUrgently : byIds;
      const { rows } = await db.run<AuthorizationContextRow>(statement, [...idValues(ids), now]);
      return authorizationContextFromRow(rows[0]);
    },
    /** Also returns whether the code was already redeemed. */
    async loadForCode(ids: AuthorizationContextIds, codeHash: Buffer, now: Date) {
      const values = [...idValues(ids), now, codeHash];
      const { rows } = await db.run<AuthorizationContextRow & { redeemed: boolean }>(
        byCode,
        values,
      );
      return { ...authorizationContextFromRow(rows[0]), redeemed: rows[0]?.redeemed ?? false };
    },
    /**
     * Finds a session by its cookie value; `undefined` when no live session has it.
     * @param clientId the requesting client; its grant in this session is loaded, too
     */
    async loadForSession(
      sessionId: string,
      now: Date,
      clientId?: string,
    ): Promise<AuthorizationContext | undefined> {
      const values = [sha256(sessionId), now, clientId ?? null];
      const { rows } = await db.run<AuthorizationContextRow>(bySessionId, values);
      return rows[0] && authorizationContextFromRow(rows[0]);
    },
    /** Finds a session by a cookie value that was replaced. It may be used to sign out only. */
    async loadForReplacedSession(
      sessionId: string,
      now: Date,
      clientId?: string,
    ): Promise<AuthorizationContext | undefined> {
      const values = [sha256(sessionId), now, clientId ?? null];
      const { rows } = await db.run<AuthorizationContextRow>(byReplacedSessionId, values);
      return rows[0] && authorizationContextFromRow(rows[0]);
    },
    async loadForRefresh(familyId: string, now: Date): Promise<RefreshContext | undefined> {
      const { rows } = await db.run<RefreshContextRow>(byRefreshFamily, [familyId, now]);
      return rows[0] && refreshContextFromRow(rows[0]);
    },
  };
}

export type AuthorizationContextStore = ReturnType<typeof createAuthorizationContextStore>;

function idValues({ userId, grantId, sessionUid }: AuthorizationContextIds): unknown[] {
  return [userId ?? null, grantId ?? null, sessionUid ?? null];
}

export function authorizationContextFromRow(
  row: AuthorizationContextRow | undefined,
): AuthorizationContext {
  return {
    user: row?.user ? userOf(row.user, row.security_version) : undefined,
    assignments: assignmentsFromRow(row?.assignments),
    grant: row?.grant ? grantFromRow(row.grant) : undefined,
    session: row?.session ? sessionFromRow(row.session) : undefined,
    notBefore: row?.not_before ?? undefined,
  };
}

export function refreshContextFromRow(row: RefreshContextRow): RefreshContext {
  return { ...authorizationContextFromRow(row), family: familyFromRow(row) };
}

/** The version of revocations that signed out all users is added to each user's version. */
function userOf(row: UserRow, versionOfEveryone: number): User {
  return userFromRow({ ...row, security_version: row.security_version + versionOfEveryone });
}
