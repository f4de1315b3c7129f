// Rows of dynamic registrations (RFC 7591): the registration access token of a client, stored hashed,
// and how many such clients there are.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface RegistrationRow {
  readonly clientId: string;
  /** SHA-256 of the registration access token. */
  readonly tokenHash: string;
  readonly initialAccessTokenId: string | undefined;
  readonly softwareStatement: string | undefined;
}

// Serializes registrations, so that concurrent ones cannot exceed the limit.
const lockCount: Statement = {
  name: 'client_registrations_lock',
  text: `select pg_advisory_xact_lock(hashtextextended('client registrations', 0))`,
};

const count: Statement = {
  name: 'client_registrations_count',
  text: `
    select count(*)::integer as count
      from (select from clients where origin <> 'operator' limit $1) as counted`,
};

const find: Statement = {
  name: 'client_registration_find',
  text: `
    select software_statement
      from client_registrations
     where client_id = $1 and token_hash = $2`,
};

// Proves that the token is still the current one and that the client was not blocked meanwhile.
const replaceToken: Statement = {
  name: 'client_registration_replace_token',
  text: `
    update client_registrations r
       set token_hash = $3, software_statement = $4
      from clients c
     where r.client_id = $1 and r.token_hash = $2
       and c.client_id = r.client_id and c.disabled_at is null`,
};

// A client to which no user gave access. A blocked client is kept, so that its block is kept.
const isUnused = `
  c.origin <> 'operator' and c.created_at < $1 and c.disabled_at is null
  and not exists (select from consents where consents.client_id = c.client_id)
  and not exists (
    select from grants where grants.client_id = c.client_id and revoked_at is null)`;

const unused: Statement = {
  name: 'client_registrations_unused',
  text: `select c.client_id from clients c where ${isUnused} order by c.created_at limit $2`,
};

const removeUnused: Statement = {
  name: 'client_registrations_remove_unused',
  text: `delete from clients c where ${isUnused} and c.client_id = $2`,
};

export function createRegistrationStore(db: Database) {
  return {
    /** True if there are more than `limit` clients that no operator registered. */
    async exceeds(limit: number, tx: Knex): Promise<boolean> {
      await db.run(lockCount, [], tx);
      const { rows } = await db.run<{ count: number }>(count, [limit + 1], tx);
      return (rows[0]?.count ?? 0) > limit;
    },

    async insert(row: RegistrationRow, tx: Knex): Promise<void> {
      await tx('client_registrations').insert({
        client_id: row.clientId,
        token_hash: row.tokenHash,
        initial_access_token_id: row.initialAccessTokenId ?? null,
        software_statement: row.softwareStatement ?? null,
      });
    },

    /** `undefined` unless this is the token of the client. */
    async find(
      clientId: string,
      tokenHash: string,
    ): Promise<{ readonly softwareStatement: string | undefined } | undefined> {
      const { rows } = await db.run<{ software_statement: string | null }>(find, [
        clientId,
        tokenHash,
      ]);
      return rows[0] && { softwareStatement: rows[0].software_statement ?? undefined };
    },

    /** False: the token was replaced, or the client blocked or deleted, meanwhile. */
    async replaceToken(
      clientId: string,
      [before, after]: readonly [before: string, after: string],
      softwareStatement: string | undefined,
      tx: Knex,
    ): Promise<boolean> {
      const values = [clientId, before, after, softwareStatement ?? null];
      return (await db.run(replaceToken, values, tx)).rowCount === 1;
    },

    async listUnused(before: Date, limit: number): Promise<readonly string[]> {
      const { rows } = await db.run<{ client_id: string }>(unused, [before, limit]);
      return rows.map(({ client_id: id }) => id);
    },

    /** False: the client is in use, or already deleted. */
    async removeUnused(clientId: string, before: Date, tx: Knex): Promise<boolean> {
      return (await db.run(removeUnused, [before, clientId], tx)).rowCount === 1;
    },
  };
}

export type RegistrationStore = ReturnType<typeof createRegistrationStore>;
