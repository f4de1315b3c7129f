// Rows of the trusted issuers of software statements.
import type { JSONWebKeySet } from 'jose';
import type { Knex } from 'knex';
import { AppError } from '#platform/errors.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { StatementIssuer, StatementKeys } from './statement-issuers.ts';

interface Row {
  issuer: string;
  jwks: JSONWebKeySet | null;
  jwks_uri: string | null;
  description: string | null;
  created_at: Date;
}

export function createStatementIssuerStore(db: Database) {
  return {
    async find(issuer: string): Promise<StatementIssuer | undefined> {
      if (issuer.includes('\0')) return undefined;
      const rows: Row[] = await db.knex('software_statement_issuers').select('*').where({ issuer });
      return rows[0] && issuerFromRow(rows[0]);
    },

    /** In alphabetical order. */
    async list(after: string, limit: number): Promise<readonly StatementIssuer[]> {
      const rows: Row[] = await db
        .knex('software_statement_issuers')
        .select('*')
        .where('issuer', '>', after)
        .orderBy('issuer')
        .limit(limit);
      return rows.map(issuerFromRow);
    },

    /** @throws AppError `conflict` when the issuer is trusted already */
    async insert(trusted: StatementIssuer, tx: Knex): Promise<void> {
      const { issuer, keys, description, createdAt } = trusted;
      const inserted: unknown[] = await tx('software_statement_issuers')
        .insert({
          issuer,
          jwks: 'jwks' in keys ? JSON.stringify(keys.jwks) : null,
          jwks_uri: 'jwksUri' in keys ? keys.jwksUri : null,
          description: description ?? null,
          created_at: createdAt,
        })
        .onConflict('issuer')
        .ignore()
        .returning('issuer');
      if (inserted.length === 0) throw new AppError('conflict', 'This issuer is trusted already.');
    },

    async remove(issuer: string, tx: Knex): Promise<boolean> {
      if (issuer.includes('\0')) return false;
      const removed: number = await tx('software_statement_issuers').where({ issuer }).delete();
      return removed === 1;
    },
  };
}

export type StatementIssuerStore = ReturnType<typeof createStatementIssuerStore>;

function issuerFromRow(row: Row): StatementIssuer {
  return {
    issuer: row.issuer,
    keys: keysOf(row),
    description: row.description ?? undefined,
    createdAt: row.created_at,
  };
}

function keysOf({ jwks, jwks_uri: jwksUri }: Row): StatementKeys {
  return jwksUri === null ? { jwks: jwks ?? { keys: [] } } : { jwksUri };
}
