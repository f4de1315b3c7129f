// Statements that revoke grants and what depends on them: refresh token families, and the consent
// that would renew them. Each method is one statement; the caller combines them in a transaction.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';

/** Selects the rows to revoke. */
export type Scope =
  | { readonly userId: string; readonly clientId: string }
  | { readonly userId: string }
  | { readonly clientId: string }
  | { readonly grantIds: readonly string[] }
  | { readonly sessionUids: readonly string[] }
  | { readonly everybody: true };

const findGrant: Statement = {
  name: 'grant_for_revocation',
  text: `
    select id, user_id, client_id from grants
     where id = $1 and revoked_at is null
       for update`,
};

const findGrantOwner: Statement = {
  name: 'grant_owner',
  text: 'select user_id from grants where id = $1 and revoked_at is null',
};

const deleteConsents: Statement = {
  name: 'consents_forget',
  text: `
    delete from consents
     where client_id = $1 and ($2::uuid is null or user_id = $2)`,
};

const whereOf = {
  pair: 'user_id = $2 and client_id = $3',
  user: 'user_id = $2',
  client: 'client_id = $2',
  grants: 'id = any ($2::text[])',
  sessions: 'session_uid = any ($2::text[])',
  everybody: '$2::text is null',
} as const;

/** Conditions for refresh token families that differ from those for grants. */
const familiesWhere: Partial<Record<keyof typeof whereOf, string>> = {
  grants: 'grant_id = any ($2::text[])',
  sessions: 'grant_id in (select id from grants where session_uid = any ($2::text[]))',
};

/** Statements for grants and for what depends on them, with the same condition. */
function revocationStatements(kind: keyof typeof whereOf) {
  const where = whereOf[kind];
  const grants: Statement = {
    name: `grants_revoke_${kind}`,
    text: `update grants set revoked_at = $1 where ${where} and revoked_at is null`,
  };
  const families: Statement = {
    name: `families_end_${kind}`,
    text: `
      update refresh_families set ended_at = $1, ended_because = 'revoked'
       where ${familiesWhere[kind] ?? where} and ended_at is null`,
  };
  return { grants, families };
}

const revocations = {
  pair: revocationStatements('pair'),
  user: revocationStatements('user'),
  client: revocationStatements('client'),
  grants: revocationStatements('grants'),
  sessions: revocationStatements('sessions'),
  everybody: revocationStatements('everybody'),
} as const;

/** The columns of a grant that its revocation needs. */
export interface GrantOwner {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
}

export function createGrantRevocations(db: Database) {
  async function invalidation(statement: Statement, values: readonly unknown[], tx: Knex) {
    return (await db.run(statement, values, tx)).rowCount;
  }

  return {
    /**
     * Finds the user, so that the user's row can be locked before the grant's, the lock order of
     * every revocation.
     */
    async findGrantOwner(id: string, tx: Knex): Promise<{ userId: string } | undefined> {
      const [row] = (await db.run<{ user_id: string }>(findGrantOwner, [id], tx)).rows;
      return row && { userId: row.user_id };
    },
    /**
     * Locks the grant, so that no other transaction revokes it meanwhile. Returns `undefined` when
     * it was already revoked or never existed.
     */
    async findGrant(id: string, tx: Knex): Promise<GrantOwner | undefined> {
      type Row = { id: string; user_id: string; client_id: string };
      const [row] = (await db.run<Row>(findGrant, [id], tx)).rows;
      return row && { id: row.id, userId: row.user_id, clientId: row.client_id };
    },
    /**
     * Deletes the consents for the client, of one user or of all; the client must ask again.
     * Returns their number.
     */
    async deleteConsents(clientId: string, userId: string | undefined, tx: Knex) {
      return invalidation(deleteConsents, [clientId, userId ?? null], tx);
    },
    async revokeGrants(scope: Scope, at: Date, tx: Knex) {
      return invalidation(revocations[kindOf(scope)].grants, [at, ...valuesOf(scope)], tx);
    },
    async endFamilies(scope: Scope, at: Date, tx: Knex) {
      return invalidation(revocations[kindOf(scope)].families, [at, ...valuesOf(scope)], tx);
    },
  };
}

function kindOf(scope: Scope): keyof typeof revocations {
  if ('userId' in scope) return 'clientId' in scope ? 'pair' : 'user';
  if ('clientId' in scope) return 'client';
  if ('sessionUids' in scope) return 'sessions';
  return 'grantIds' in scope ? 'grants' : 'everybody';
}

function valuesOf(scope: Scope): readonly unknown[] {
  if ('everybody' in scope) return [null];
  if ('grantIds' in scope) return [scope.grantIds];
  if ('sessionUids' in scope) return [scope.sessionUids];
  return [
    ...('userId' in scope ? [scope.userId] : []),
    ...('clientId' in scope ? [scope.clientId] : []),
  ];
}
