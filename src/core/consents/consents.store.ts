// Consents: one row per user and client, remembered across sessions. consents.ts decides whether a
// consent covers a request; each session gets its own grant from it.
import type { Knex } from 'knex';
import { detailsOrNone, type AccessRequest } from './consents.ts';
import { splitScope } from '#core/clients/scopes.ts';
import type { User } from '#core/users/users.ts';
import { unchangedUser } from '#core/users/unchanged-user.store.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import {
  auditColumns,
  auditPlaceholders,
  auditValues,
  type AuditRecord,
} from '#core/audit/audit-events.store.ts';

export interface Consent extends AccessRequest {
  readonly userId: string;
  readonly clientId: string;
  readonly grantedAt: Date;
  readonly updatedAt: Date;
}

/** The access that the user has just allowed. */
export type ConsentGiven = Omit<Consent, 'grantedAt' | 'updatedAt'>;

interface ConsentRow {
  user_id: string;
  client_id: string;
  scopes: string[];
  claims: string[];
  resources: Record<string, string>;
  authorization_details: string[];
  granted_at: Date;
  updated_at: Date;
}

const columns = `
  user_id, client_id, scopes, claims, resources, authorization_details, granted_at, updated_at`;

/** The oldest details are dropped: a client may request a new one for every payment. */
const maxDetails = 100;

const byPair: Statement = {
  name: 'consent_by_pair',
  text: `select ${columns} from consents where user_id = $1 and client_id = $2`,
};

// Two tabs that allow different scopes at the same time must both be remembered, so the union is
// computed in SQL.
const mergeText = `
    insert into consents as c
      (user_id, client_id, scopes, claims, resources, authorization_details, granted_at, updated_at)
    select $1::uuid, $2, $3::text[], $4::text[], $5::jsonb, $9::text[], $6::timestamptz, $6
      from unchanged
    on conflict (user_id, client_id) do update
       set scopes = array(select unnest(c.scopes) union select unnest(excluded.scopes) order by 1),
           claims = array(select unnest(c.claims) union select unnest(excluded.claims) order by 1),
           resources = (
             select coalesce(jsonb_object_agg(audience, scopes), '{}')
               from (
                 select given.key as audience,
                        coalesce(string_agg(distinct scope, ' ' order by scope), '') as scopes
                   from (
                     select key, value from jsonb_each_text(c.resources)
                     union all
                     select key, value from jsonb_each_text(excluded.resources)
                   ) given
                   left join lateral string_to_table(nullif(given.value, ''), ' ') scope on true
                  group by given.key
               ) merged
           ),
           authorization_details = (
             excluded.authorization_details || array(
               select detail from unnest(c.authorization_details) detail
                where detail <> all (excluded.authorization_details)
             )
           )[1:${maxDetails}],
           updated_at = greatest(c.updated_at, excluded.updated_at)
    returning ${columns}`;

// The consent and its audit event are written by one statement, so that neither exists without the
// other.
const give: Statement = {
  name: 'consent_give',
  text: `
    with unchanged as (
      ${unchangedUser({ userId: '$1', at: '$6', securityVersion: '$7', accessVersion: '$8' })}
    ), merged as (
      ${mergeText}
    ), noted as (
      insert into audit_events (${auditColumns})
      select ${auditPlaceholders(10)} from merged
    )
    select ${columns} from merged`,
};

export function createConsentStore(db: Database) {
  return {
    async find(userId: string, clientId: string): Promise<Consent | undefined> {
      const { rows } = await db.run<ConsentRow>(byPair, [userId, clientId]);
      return rows[0] && consentFromRow(rows[0]);
    },

    /**
     * Adds to the existing consent and returns the result; `undefined` when the user's sign-in or a
     * client's access was revoked since the user was read.
     */
    async give(
      given: ConsentGiven,
      { securityVersion, accessVersion }: Pick<User, 'securityVersion' | 'accessVersion'>,
      at: Date,
      entry: AuditRecord,
      tx?: Knex,
    ): Promise<Consent | undefined> {
      const versions = [securityVersion, accessVersion];
      const details = given.details ?? [];
      const values = [...valuesOf(given, at), ...versions, details, ...auditValues(entry)];
      const { rows } = await db.run<ConsentRow>(give, values, tx);
      return rows[0] && consentFromRow(rows[0]);
    },

    /** Deletes the whole consent; returns false when there was none. */
    async remove(userId: string, clientId: string, tx: Knex = db.knex): Promise<boolean> {
      const removed: number = await tx('consents')
        .where({ user_id: userId, client_id: clientId })
        .delete();
      return removed === 1;
    },
  };
}

export type ConsentStore = ReturnType<typeof createConsentStore>;

function valuesOf({ userId, clientId, scopes, claims, resources }: ConsentGiven, at: Date) {
  return [userId, clientId, scopes, claims, JSON.stringify(joinScopes(resources)), at];
}

function joinScopes(resources: AccessRequest['resources']): Record<string, string> {
  const joined = Object.entries(resources).map(([audience, scopes]) => [
    audience,
    scopes.join(' '),
  ]);
  return Object.fromEntries(joined) as Record<string, string>; // pairs of strings, built above
}

function consentFromRow(row: ConsentRow): Consent {
  const resources = Object.entries(row.resources).map(
    ([audience, scopes]) => [audience, splitScope(scopes)] as const,
  );
  return {
    userId: row.user_id,
    clientId: row.client_id,
    scopes: row.scopes,
    claims: row.claims,
    resources: Object.fromEntries(resources),
    ...detailsOrNone(row.authorization_details),
    grantedAt: row.granted_at,
    updatedAt: row.updated_at,
  };
}
