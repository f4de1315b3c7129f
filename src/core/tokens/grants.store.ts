// Grants: the access that a user allowed a client in one session. Revoking the row invalidates
// every token of the grant, because each token is checked against it.
import type { Knex } from 'knex';
import type { User } from '#core/users/users.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { unchangedUser } from '#core/users/unchanged-user.store.ts';

export interface Grant {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  /** `openid`, `resources`, `rejected`, `rar` in the format of oidc-provider. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface NewGrant extends Grant {
  /** The session in which the grant is issued, and with which it ends. */
  readonly sessionUid?: string | undefined;
}

export interface GrantRow {
  id: string;
  user_id: string;
  client_id: string;
  content: Record<string, unknown>;
  created_at: Date | string;
  expires_at: Date | string;
}

const find: Statement = {
  name: 'grant_find',
  text: `
    select id, user_id, client_id, content, created_at, expires_at
      from grants
     where id = $1 and revoked_at is null`,
};

// A grant depends on the user, as read when the request began, and on the user's consent. Both rows
// are locked, so that a revocation either sees the grant or is seen here.
const save: Statement = {
  name: 'grant_save',
  text: `
    with unchanged as (
      ${unchangedUser({ userId: '$2', at: '$5', securityVersion: '$7', accessVersion: '$8' })}
    ), consent as (
      select 1 from consents where user_id = $2 and client_id = $3 for share
    )
    insert into grants as g (id, user_id, client_id, content, created_at, expires_at, session_uid)
    select $1, unchanged.id, c.client_id, $4::jsonb, $5::timestamptz, $6::timestamptz, $9
      from unchanged
      join clients c on c.client_id = $3 and c.disabled_at is null
     where c.first_party or exists (select 1 from consent)
    on conflict (id) do update
       set content = excluded.content, expires_at = excluded.expires_at
     where g.revoked_at is null
       and g.user_id = excluded.user_id
       and g.client_id = excluded.client_id`,
};

const revoke: Statement = {
  name: 'grant_revoke',
  text: `
    with revoked as (
      update grants set revoked_at = $2
       where id = $1 and revoked_at is null
      returning user_id, client_id
    ), ended as (
      update refresh_families
         set ended_at = $2, ended_because = 'revoked'
       where grant_id = $1 and ended_at is null
    )
    select user_id, client_id from revoked`,
};

export function createGrantStore(db: Database) {
  return {
    async find(id: string, tx: Knex = db.knex): Promise<Grant | undefined> {
      const { rows } = await db.run<GrantRow>(find, [id], tx);
      return rows[0] && grantFromRow(rows[0]);
    },
    /**
     * Returns false when the grant, or something it depends on, was revoked since the user was
     * read. A revoked grant is never written again.
     */
    async save(
      grant: NewGrant,
      { securityVersion, accessVersion }: Pick<User, 'securityVersion' | 'accessVersion'>,
      tx: Knex = db.knex,
    ): Promise<boolean> {
      const { id, userId, clientId, content, createdAt, expiresAt } = grant;
      const values = [id, userId, clientId, JSON.stringify(content), createdAt, expiresAt];
      const more = [securityVersion, accessVersion, grant.sessionUid ?? null];
      const { rowCount } = await db.run(save, [...values, ...more], tx);
      return rowCount === 1;
    },
    /**
     * Revokes the grant and every refresh token family of it, in one statement. Returns the owner
     * to exactly one caller; `undefined` when it was already revoked.
     */
    async revoke(
      id: string,
      now: Date,
      tx: Knex = db.knex,
    ): Promise<Pick<Grant, 'userId' | 'clientId'> | undefined> {
      const { rows } = await db.run<Pick<GrantRow, 'user_id' | 'client_id'>>(revoke, [id, now], tx);
      return rows[0] && { userId: rows[0].user_id, clientId: rows[0].client_id };
    },
  };
}

export type GrantStore = ReturnType<typeof createGrantStore>;

/** Maps a row of the table or its `row_to_json` form, in which timestamps are text. */
export function grantFromRow(row: GrantRow): Grant {
  return {
    id: row.id,
    userId: row.user_id,
    clientId: row.client_id,
    content: row.content,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
  };
}
