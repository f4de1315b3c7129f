// Refresh token families, and the redemption of authorization codes that start them. One row is one
// family, with the hashes of the current and the previous token. Every change is a single
// conditional statement whose row count is the answer, so no interleaving on two nodes can rotate
// twice, redeem twice, or add a token to an ended family.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';
import {
  auditColumns,
  auditPlaceholders,
  auditValues,
  type AuditRecord,
} from '#core/audit/audit-events.store.ts';
import {
  familyColumns,
  familyFromRow,
  familyValues,
  type NewRefreshFamily,
  type RefreshFamily,
  type RefreshFamilyRow,
} from './refresh-family-rows.store.ts';

export type { NewRefreshFamily, RefreshFamily } from './refresh-family-rows.store.ts';

export interface Rotation {
  readonly familyId: string;
  readonly generation: number;
  readonly currentHash: Buffer;
  /** Equal to `currentHash` for a client that keeps its refresh token. */
  readonly successorHash: Buffer;
  /** The encryption key from which the key of the successor is derived. */
  readonly keyId: string;
  readonly at: Date;
  /** Address and device of the client that rotated, for diagnosis. */
  readonly address: string;
  readonly device: string;
}

export interface RememberedRotation {
  readonly generation: number;
  /** ISO 8601. */
  readonly at: string;
  readonly address: string;
  readonly device: string;
}

export interface Redemption {
  readonly codeHash: Buffer;
  readonly grantId: string;
  readonly redeemedAt: Date;
  /** Until when a replay of the code is detected. */
  readonly expiresAt: Date;
}

/** Number of rotations that the row stores for diagnosis. */
export const maxStoredRotations = 8;

const find: Statement = {
  name: 'refresh_family_find',
  text: `select ${familyColumns.join(', ')} from refresh_families where id = $1 and ended_at is null`,
};

/** Inserts a family if `source` has a row; the values are those of `familyValues`. */
const insertFamily = (source: string): string => `
    insert into refresh_families (id, grant_id, user_id, client_id, current_hash, content,
           created_at, expires_at, key_id)
    select $1, $2, $3, $4, $5, $6, $7, $8, $9
      from ${source}`;

/**
 * Redeems the code and inserts the family, if `source` has a row and the code was not redeemed before; the values
 * are those of `redemptionValues`.
 */
export const redeemAndInsertFamily = (source: string): string => `
    redeemed as (
      insert into code_redemptions (code_hash, grant_id, redeemed_at, expires_at)
      select $10, $2, $11, $12 from ${source}
      on conflict (code_hash) do nothing
      returning grant_id
    ), created as (${insertFamily('redeemed')}
      returning id
    )`;

// Inserts only if the grant is active: `for share` orders this statement and a revocation, so that either this
// statement finds no grant, or the grant is revoked afterwards, and with it the family.
const create: Statement = {
  name: 'refresh_family_create',
  text: `
    with active_grant as (
      select id from grants where id = $2 and revoked_at is null for share
    )${insertFamily('active_grant')}`,
};

const redeem: Statement = {
  name: 'code_redeem',
  text: `
    insert into code_redemptions (code_hash, grant_id, redeemed_at, expires_at)
    values ($1, $2, $3, $4)
    on conflict (code_hash) do nothing`,
};

const redeemAndCreate: Statement = {
  name: 'code_redeem_with_family',
  text: `
    with active_grant as (
      select id from grants where id = $2 and revoked_at is null for share
    ), ${redeemAndInsertFamily('active_grant')}
    select id from created`,
};

/**
 * The values are those of `rotationValues`. A token that is its own successor is kept: the same conditions
 * apply, and its use is recorded.
 */
export const rotate: Statement = {
  name: 'refresh_family_rotate',
  text: `
    update refresh_families f
       set generation = f.generation + (f.current_hash <> $4)::integer,
           previous_hash = nullif(f.current_hash, $4),
           current_hash = $4,
           key_id = case when f.current_hash = $4 then f.key_id else $7 end,
           rotated_at = $5,
           rotations = jsonb_path_query_array(
             jsonb_build_array($6::jsonb) || f.rotations, '$[0 to ${maxStoredRotations - 1}]')
      from grants g, users u, clients c, epochs e
     where f.id = $1
       and f.generation = $2
       and f.current_hash = $3
       and f.ended_at is null
       and f.expires_at > $5
       and g.id = f.grant_id
       and g.revoked_at is null
       and u.id = f.user_id
       and (u.blocked_at is null or u.blocked_until <= $5)
       and c.client_id = f.client_id
       and c.disabled_at is null
       and f.created_at >= all (array_remove(array[u.not_before, c.not_before, e.not_before], null))`,
};

const end: Statement = {
  name: 'refresh_family_end',
  text: `
    update refresh_families
       set ended_at = $2, ended_because = $3
     where id = $1 and ended_at is null`,
};

// Revoking a refresh token also revokes its grant (RFC 7009 §2.1).
const revoke: Statement = {
  name: 'refresh_family_revoke',
  text: `
    with revoked as (
      update grants set revoked_at = $3
       where id = $2 and revoked_at is null
    ), ended as (
      update refresh_families
         set ended_at = $3, ended_because = 'revoked'
       where grant_id = $2 and ended_at is null
      returning id
    )
    insert into audit_events (${auditColumns})
    select ${auditPlaceholders(4)} from ended where ended.id = $1`,
};

const lastRotation: Statement = {
  name: 'refresh_family_last_rotation',
  text: `select rotations -> 0 as last from refresh_families where id = $1`,
};

export function createRefreshFamilyStore(db: Database) {
  return {
    async find(id: string): Promise<RefreshFamily | undefined> {
      const { rows } = await db.run<RefreshFamilyRow>(find, [id]);
      return rows[0] && familyFromRow(rows[0]);
    },
    /** Returns false when the grant was revoked meanwhile. */
    async create(family: NewRefreshFamily, tx: Knex = db.knex): Promise<boolean> {
      return (await db.run(create, familyValues(family), tx)).rowCount === 1;
    },
    /** True for exactly one caller per code, on any number of nodes (RFC 6749 §4.1.2). */
    async redeemCode(redemption: Redemption, tx: Knex = db.knex): Promise<boolean> {
      const { codeHash, grantId, redeemedAt, expiresAt } = redemption;
      return (await db.run(redeem, [codeHash, grantId, redeemedAt, expiresAt], tx)).rowCount === 1;
    },
    /** Redeems the code and inserts the family in one statement: both or neither. */
    async redeemCodeAndCreate(
      redemption: Redemption,
      family: NewRefreshFamily,
      tx: Knex = db.knex,
    ): Promise<boolean> {
      const values = redemptionValues(redemption, family);
      return (await db.run(redeemAndCreate, values, tx)).rowCount === 1;
    },
    /**
     * True for exactly one caller per token; false also when family, grant or user is not active.
     */
    async rotate(rotation: Rotation, tx: Knex = db.knex): Promise<boolean> {
      return (await db.run(rotate, rotationValues(rotation), tx)).rowCount === 1;
    },
    /** The most recent stored rotation, also of an ended family. */
    async lastRotation(id: string, tx: Knex = db.knex): Promise<RememberedRotation | undefined> {
      const { rows } = await db.run<{ last: RememberedRotation | null }>(lastRotation, [id], tx);
      return rows[0]?.last ?? undefined;
    },
    async end(id: string, because: 'revoked' | 'reused', now: Date, tx: Knex = db.knex) {
      return (await db.run(end, [id, now, because], tx)).rowCount === 1;
    },
    /**
     * Revokes the family and its grant when the client revokes a token of it. The audit event is
     * part of the statement, so it is recorded once.
     */
    async revoke(
      { id, grantId }: Pick<RefreshFamily, 'id' | 'grantId'>,
      now: Date,
      entry: AuditRecord,
    ): Promise<void> {
      await db.run(revoke, [id, grantId, now, ...auditValues(entry)]);
    },
  };
}

export type RefreshFamilyStore = ReturnType<typeof createRefreshFamilyStore>;

export function rotationValues(rotation: Rotation): unknown[] {
  const { familyId, generation, currentHash, successorHash, keyId } = rotation;
  const { at, address, device } = rotation;
  const next = successorHash.equals(currentHash) ? generation : generation + 1;
  const memory = JSON.stringify({ generation: next, at, address, device });
  return [familyId, generation, currentHash, successorHash, at, memory, keyId];
}

/** The values of `redeemAndInsertFamily`: those of the family, then those of the redemption. */
export function redemptionValues(redemption: Redemption, family: NewRefreshFamily): unknown[] {
  const { codeHash, redeemedAt, expiresAt } = redemption;
  return [...familyValues(family), codeHash, redeemedAt, expiresAt];
}
