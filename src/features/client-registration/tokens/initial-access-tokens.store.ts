// Rows of initial access tokens.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { isUuid } from '#platform/uuid.ts';
import type { InitialAccessToken } from './initial-access-tokens.ts';

interface Row {
  id: string;
  description: string | null;
  max_uses: number;
  uses: number;
  created_at: Date;
  expires_at: Date;
}

const columns = 'id, description, max_uses, uses, created_at, expires_at';

const usable: Statement = {
  name: 'initial_access_token_usable',
  text: `
    select id
      from initial_access_tokens
     where token_hash = $1 and expires_at > $2 and uses < max_uses`,
};

// One conditional statement, so that concurrent registrations cannot exceed the number that the token
// permits.
const use: Statement = {
  name: 'initial_access_token_use',
  text: `
    update initial_access_tokens
       set uses = uses + 1
     where token_hash = $1 and expires_at > $2 and uses < max_uses
    returning id`,
};

export function createInitialAccessTokenStore(db: Database) {
  return {
    async insert(token: InitialAccessToken & { tokenHash: string }, tx: Knex): Promise<void> {
      await tx('initial_access_tokens').insert({
        id: token.id,
        token_hash: token.tokenHash,
        description: token.description ?? null,
        max_uses: token.maxUses,
        created_at: token.createdAt,
        expires_at: token.expiresAt,
      });
    },

    async find(id: string): Promise<InitialAccessToken | undefined> {
      if (!isUuid(id)) return undefined;
      const rows: Row[] = await db
        .knex('initial_access_tokens')
        .select(db.knex.raw(columns))
        .where({ id });
      return rows[0] && tokenFromRow(rows[0]);
    },

    /** In the order of creation. */
    async list(after: string | undefined, limit: number): Promise<readonly InitialAccessToken[]> {
      const query = db
        .knex('initial_access_tokens')
        .select(db.knex.raw(columns))
        .orderBy('id')
        .limit(limit);
      const rows: Row[] = await (after === undefined ? query : query.where('id', '>', after));
      return rows.map(tokenFromRow);
    },

    async isUsable(tokenHash: string, at: Date): Promise<boolean> {
      return (await db.run(usable, [tokenHash, at])).rowCount === 1;
    },

    /** The id of the token; `undefined` if it is unknown, expired or used up. */
    async use(tokenHash: string, at: Date, tx: Knex): Promise<string | undefined> {
      const { rows } = await db.run<{ id: string }>(use, [tokenHash, at], tx);
      return rows[0]?.id;
    },

    async remove(id: string, tx: Knex): Promise<boolean> {
      const removed: number = await tx('initial_access_tokens').where({ id }).delete();
      return removed === 1;
    },
  };
}

export type InitialAccessTokenStore = ReturnType<typeof createInitialAccessTokenStore>;

function tokenFromRow(row: Row): InitialAccessToken {
  return {
    id: row.id,
    description: row.description ?? undefined,
    maxUses: row.max_uses,
    uses: row.uses,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
