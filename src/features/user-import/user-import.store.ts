// Bulk access for the import: looks up existing users, and inserts new ones with password and audit
// entry in one statement. Single users are created by core/users/users.store.ts.
import type { StandardClaims } from '#core/users/users.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { auditColumns, type AuditRecord } from '#core/audit/audit-events.store.ts';
import { claimColumns, textClaimColumns } from '#core/users/users.store.ts';

export interface ImportKey {
  readonly id: string | undefined;
  readonly emailKey: string;
}

/** What prevents the import of a record; `undefined`: nothing. */
export type Obstacle = 'email' | 'id' | 'deleted' | undefined;

export interface NewUser {
  readonly id: string;
  readonly email: string;
  readonly emailKey: string;
  readonly emailVerified: boolean;
  readonly claims: StandardClaims;
  readonly passwordHash: string | undefined;
  readonly blocked: { readonly reason: string | undefined } | undefined;
  readonly createdAt: Date;
  readonly entry: AuditRecord;
}

const claims = claimColumns.join(', ');

// One index lookup per record: without the limits, every batch would scan the whole table.
const obstacles: Statement = {
  name: 'import_obstacles',
  text: `
    select case
             when (select true from users u where u.email_key = r.email_key limit 1) then 'email'
             when (select true from users u where u.id = r.id limit 1) then 'id'
             when (select true from deleted_users d where d.id = r.id limit 1) then 'deleted'
           end as obstacle
      from unnest($1::text[], $2::uuid[]) with ordinality as r (email_key, id, place)
     order by r.place`,
};

// Inserts in key order, so that concurrent imports of the same users wait but cannot deadlock.
const insert: Statement = {
  name: 'import_insert',
  text: `
    with given as materialized (
      select *
        from jsonb_to_recordset($1::jsonb) as r (
               id uuid, email text, email_key text, email_verified boolean, hash text,
               ${textClaimColumns.map((name) => `${name} text`).join(', ')},
               phone_number_verified boolean, address jsonb,
               blocked boolean, blocked_reason text, created_at timestamptz,
               audit_id uuid, details jsonb)
    ), people as (
      insert into users (id, email, email_key, email_verified_at, ${claims},
                         blocked_at, blocked_reason, created_at, updated_at, made_by_operator)
      select id, email, email_key, case when email_verified then $2::timestamptz end, ${claims},
             case when blocked then $2::timestamptz end, blocked_reason, created_at, $2,
             true
        from given
       order by email_key
          on conflict do nothing
      returning id, email_key
    ), passwords as (
      insert into password_credentials (user_id, hash, changed_at)
      select g.id, g.hash, $2 from given g join people p using (id, email_key) where g.hash is not null
    ), noted as (
      insert into audit_events (${auditColumns})
      select g.audit_id, $2, $3, $4, null, g.id, null, null, null, g.details, null, null
        from given g join people p using (id, email_key)
    )
    select email_key from people`,
};

export function createImportStore(db: Database) {
  return {
    /** In the order of the keys. */
    async findObstacles(keys: readonly ImportKey[]): Promise<readonly Obstacle[]> {
      const emailKeys = keys.map(({ emailKey }) => emailKey);
      const ids = keys.map(({ id }) => id ?? null);
      const { rows } = await db.run<{ obstacle: Obstacle | null }>(obstacles, [emailKeys, ids]);
      return rows.map(({ obstacle }) => obstacle ?? undefined);
    },

    /**
     * Inserts all of them except those created concurrently. @returns the email keys of the new
     * users
     */
    async insert(people: readonly NewUser[], at: Date): Promise<ReadonlySet<string>> {
      const [first] = people;
      if (!first) return new Set();
      const { event, actorKind } = first.entry;
      const values = [JSON.stringify(people.map(toRow)), at, event, actorKind];
      const { rows } = await db.run<{ email_key: string }>(insert, values);
      return new Set(rows.map((row) => row.email_key));
    },
  };
}

export type ImportStore = ReturnType<typeof createImportStore>;

function toRow({ entry, passwordHash, blocked, ...person }: NewUser) {
  return {
    ...person.claims,
    id: person.id,
    email: person.email,
    email_key: person.emailKey,
    email_verified: person.emailVerified,
    hash: passwordHash ?? null,
    blocked: blocked !== undefined,
    blocked_reason: blocked?.reason ?? null,
    created_at: person.createdAt.toISOString(),
    audit_id: entry.id,
    details: entry.details,
  };
}
