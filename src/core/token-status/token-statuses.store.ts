// The tokens of the status lists. A revocation writes nothing here: whether a token is revoked is read from
// the rows of its user, client, grant and session, which every revocation changes. So no revocation can miss
// a token, and a bit changes when the revocation commits.
import { isLiveSession } from '#core/impersonations/live-session.store.ts';
import { sha256 } from '#platform/crypto/hashing.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import type { StatusReference } from './status-list.ts';

/** A JWT access token that is about to be issued. */
export interface ListedToken extends StatusReference {
  readonly jti: string;
  readonly userId: string | undefined;
  readonly clientId: string;
  readonly grantId: string | undefined;
  /** The session with which the token ends. */
  readonly sessionUid: string | undefined;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly exchanged?: ExchangedFor | undefined;
}

/** What an exchanged token (RFC 8693) depends on besides its grant. */
export interface ExchangedFor {
  /** The ids of the tokens that were exchanged for it. */
  readonly tokenIds: readonly string[];
  /** The clients to which those tokens were issued. */
  readonly clientIds: readonly string[];
}

const add: Statement = {
  name: 'token_status_add',
  text: `
    insert into token_statuses (jti_hash, list_id, place, user_id, client_id, grant_id, session_uid,
           issued_at, expires_at, exchanged_hashes, exchanger_ids)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
};

/** As in refresh_family_rotate and core/subject-status: a token is never older than its grant. */
const issuedAt = 'greatest(t.issued_at, g.created_at)';

const revokedPlaces: Statement = {
  name: 'token_status_list',
  text: `
    select count(*)::integer as tokens,
           coalesce(array_agg(t.place) filter (where
             r.jti_hash is not null
             or (t.exchanged_hashes is not null and (
                  exists (select 1 from revoked_tokens x where x.jti_hash = any (t.exchanged_hashes))
                  or exists (
                    select 1 from unnest(t.exchanger_ids) as ids (id)
                      left join clients x on x.client_id = ids.id
                     where x.client_id is null or x.disabled_at is not null
                        or x.not_before > ${issuedAt})))
             or e.not_before > ${issuedAt}
             or c.client_id is null or c.disabled_at is not null or c.not_before > ${issuedAt}
             or (t.grant_id is not null and (g.id is null or g.revoked_at is not null))
             or (t.session_uid is not null and s.uid is null)
             or (t.user_id is not null and (u.id is null or u.not_before > ${issuedAt}
                 or (u.blocked_at is not null
                     and (u.blocked_until is null or u.blocked_until > $2))))
           ), '{}') as revoked
      from token_statuses t
      cross join (select not_before from epochs limit 1) e
      left join revoked_tokens r on r.jti_hash = t.jti_hash
      left join clients c on c.client_id = t.client_id
      left join grants g on g.id = t.grant_id
      left join sessions s on s.uid = t.session_uid and ${isLiveSession('$2')}
      left join users u on u.id = t.user_id
     where t.list_id = $1`,
};

// Reads one row per list, however many tokens the list has.
const listIds: Statement = {
  name: 'token_status_list_ids',
  text: `
    with recursive lists as (
      (select list_id from token_statuses order by list_id limit 1)
      union all
      select (select t.list_id from token_statuses t where t.list_id > l.list_id
               order by t.list_id limit 1)
        from lists l where l.list_id is not null
    )
    select list_id from lists where list_id is not null`,
};

export function createTokenStatusStore(db: Database) {
  return {
    async add(token: ListedToken): Promise<void> {
      const { jti, listId, place, userId, clientId, grantId, sessionUid } = token;
      const owners = [userId ?? null, clientId, grantId ?? null, sessionUid ?? null];
      const times = [token.issuedAt, token.expiresAt];
      const { tokenIds, clientIds } = token.exchanged ?? {};
      const exchanged = [tokenIds?.map((id) => sha256(id)) ?? null, clientIds ?? null];
      await db.run(add, [sha256(jti), listId, place, ...owners, ...times, ...exchanged]);
    },
    /** The places of revoked tokens; `undefined` if the list has no tokens. */
    async revokedPlaces(listId: string, at: Date): Promise<readonly number[] | undefined> {
      type Row = { tokens: number; revoked: number[] };
      const [row] = (await db.run<Row>(revokedPlaces, [listId, at])).rows;
      return row && row.tokens > 0 ? row.revoked : undefined;
    },
    async listIds(): Promise<readonly string[]> {
      const { rows } = await db.run<{ list_id: string }>(listIds, []);
      return rows.map((row) => row.list_id);
    },
  };
}

export type TokenStatusStore = ReturnType<typeof createTokenStatusStore>;
