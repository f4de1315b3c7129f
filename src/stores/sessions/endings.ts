// Ending many things at once: everything of a person, of an app, of a session, or of everybody.
// Each method is one statement; the service that blocks puts them into one transaction.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { endedSessionFromRow, type EndedSessionRow } from './sessions.ts';

/** Which rows: exactly one member is set, or `everybody`. */
export type Scope =
  | { readonly userId: string }
  | { readonly clientId: string }
  | { readonly grantIds: readonly string[] }
  | { readonly everybody: true };

const blockUser: Statement = {
  name: 'user_block',
  text: `
    update users
       set blocked_at = $2, not_before = $2, blocked_reason = $3, blocked_until = $4,
           blocked_by = $5, updated_at = $2
     where id = $1`,
};

const unblockUser: Statement = {
  name: 'user_unblock',
  text: `
    update users
       set blocked_at = null, blocked_reason = null, blocked_until = null, blocked_by = null,
           not_before = greatest(not_before, $2), updated_at = $2
     where id = $1 and blocked_at is not null`,
};

const raiseUserEpoch: Statement = {
  name: 'user_epoch',
  text: 'update users set not_before = greatest(not_before, $2) where id = $1',
};

const blockClient: Statement = {
  name: 'client_block',
  text: `
    update clients set disabled_at = $2, not_before = $2, updated_at = $2
     where client_id = $1 and disabled_at is null`,
};

const unblockClient: Statement = {
  name: 'client_unblock',
  text: `
    update clients set disabled_at = null, not_before = greatest(not_before, $2), updated_at = $2
     where client_id = $1 and disabled_at is not null`,
};

const raiseClientEpoch: Statement = {
  name: 'client_epoch',
  text: 'update clients set not_before = greatest(not_before, $2) where client_id = $1',
};

const raiseEpochOfEverybody: Statement = {
  name: 'epoch_everybody',
  text: 'update epochs set not_before = greatest(not_before, $1)',
};

const endedColumns = 'uid, user_id, authorizations';

const endSession: Statement = {
  name: 'session_end_by_uid',
  text: `
    update sessions set ended_at = $2, ended_because = $3
     where uid = $1 and ended_at is null
    returning ${endedColumns}`,
};

const endSessionsOfUser: Statement = {
  name: 'sessions_end_of_user',
  text: `
    update sessions set ended_at = $2, ended_because = $3
     where user_id = $1 and ended_at is null and uid is distinct from $4
    returning ${endedColumns}`,
};

const endAllSessions: Statement = {
  name: 'sessions_end_all',
  text: `
    update sessions set ended_at = $1, ended_because = $2
     where ended_at is null and user_id is not null`,
};

const findGrant: Statement = {
  name: 'grant_for_revocation',
  text: `
    select id, user_id, client_id from grants
     where id = $1 and revoked_at is null
       for update`,
};

// Only the part of the session that stands on the grant: other apps have nothing to be told.
const sessionsOnGrant: Statement = {
  name: 'sessions_on_grant',
  text: `
    select uid, user_id,
           jsonb_build_object($2::text, authorizations -> $2::text) as authorizations
      from sessions
     where user_id = $1 and ended_at is null and authorizations -> $2::text ->> 'grantId' = $3`,
};

const forgetConsents: Statement = {
  name: 'consents_forget',
  text: `
    delete from consents
     where client_id = $1 and ($2::uuid is null or user_id = $2)`,
};

const whereOf = {
  user: 'user_id = $2',
  client: 'client_id = $2',
  grants: 'id = any ($2::text[])',
  everybody: '$2::text is null',
} as const;

/** A grant and what stands on it, by the same rule; `id` of a grant is `grant_id` of a family. */
function endingStatements(kind: keyof typeof whereOf) {
  const where = whereOf[kind];
  const grants: Statement = {
    name: `grants_revoke_${kind}`,
    text: `update grants set revoked_at = $1 where ${where} and revoked_at is null`,
  };
  const families: Statement = {
    name: `families_end_${kind}`,
    text: `
      update refresh_families set ended_at = $1, ended_because = 'revoked'
       where ${where.replace(/^id/, 'grant_id')} and ended_at is null`,
  };
  return { grants, families };
}

const endings = {
  user: endingStatements('user'),
  client: endingStatements('client'),
  grants: endingStatements('grants'),
  everybody: endingStatements('everybody'),
} as const;

/** A grant by what is needed to end it. */
export interface StandingGrant {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
}

export interface BlockFacts {
  readonly reason: string;
  readonly until: Date | undefined;
  readonly by: string;
}

export function createEndingStore(db: Database) {
  async function changes(statement: Statement, values: readonly unknown[], tx: Knex) {
    return (await db.run(statement, values, tx)).rowCount;
  }

  async function ended(statement: Statement, values: readonly unknown[], tx: Knex) {
    const { rows } = await db.run<EndedSessionRow>(statement, values, tx);
    return rows.map(endedSessionFromRow);
  }

  return {
    /** False: there is no such person. Blocking again renews the block. */
    async blockUser(id: string, { reason, until, by }: BlockFacts, at: Date, tx: Knex) {
      return (await changes(blockUser, [id, at, reason, until ?? null, by], tx)) === 1;
    },
    /** The epoch rises, so that nothing from before the block comes back. */
    async unblockUser(id: string, at: Date, tx: Knex) {
      return (await changes(unblockUser, [id, at], tx)) === 1;
    },
    async raiseUserEpoch(id: string, at: Date, tx: Knex) {
      return (await changes(raiseUserEpoch, [id, at], tx)) === 1;
    },
    async blockClient(clientId: string, at: Date, tx: Knex) {
      return (await changes(blockClient, [clientId, at], tx)) === 1;
    },
    async unblockClient(clientId: string, at: Date, tx: Knex) {
      return (await changes(unblockClient, [clientId, at], tx)) === 1;
    },
    async raiseClientEpoch(clientId: string, at: Date, tx: Knex) {
      return (await changes(raiseClientEpoch, [clientId, at], tx)) === 1;
    },
    async raiseEpochOfEverybody(at: Date, tx: Knex) {
      await changes(raiseEpochOfEverybody, [at], tx);
    },
    async endSession(uid: string, because: string, at: Date, tx: Knex) {
      return (await ended(endSession, [uid, at, because], tx))[0];
    },
    /** All of a person's; `except` stays. */
    async endSessionsOfUser(
      { userId, except }: { userId: string; except?: string | undefined },
      because: string,
      at: Date,
      tx: Knex,
    ) {
      return ended(endSessionsOfUser, [userId, at, because, except ?? null], tx);
    },
    /** How many; apps are not told one by one. */
    async endAllSessions(because: string, at: Date, tx: Knex) {
      return changes(endAllSessions, [at, because], tx);
    },
    /** `undefined`: it was revoked before or never was. Nobody else revokes it meanwhile. */
    async findGrant(id: string, tx: Knex): Promise<StandingGrant | undefined> {
      type Row = { id: string; user_id: string; client_id: string };
      const [row] = (await db.run<Row>(findGrant, [id], tx)).rows;
      return row && { id: row.id, userId: row.user_id, clientId: row.client_id };
    },
    async findSessionsOn({ id, userId, clientId }: StandingGrant, tx: Knex) {
      return ended(sessionsOnGrant, [userId, clientId, id], tx);
    },
    /** What people allowed the app, or one of them did: it has to ask again. How many. */
    async forgetConsents(clientId: string, userId: string | undefined, tx: Knex) {
      return changes(forgetConsents, [clientId, userId ?? null], tx);
    },
    async revokeGrants(scope: Scope, at: Date, tx: Knex) {
      return changes(endings[kindOf(scope)].grants, [at, valueOf(scope)], tx);
    },
    async endFamilies(scope: Scope, at: Date, tx: Knex) {
      return changes(endings[kindOf(scope)].families, [at, valueOf(scope)], tx);
    },
  };
}

export type EndingStore = ReturnType<typeof createEndingStore>;

function kindOf(scope: Scope): keyof typeof endings {
  if ('userId' in scope) return 'user';
  if ('clientId' in scope) return 'client';
  return 'grantIds' in scope ? 'grants' : 'everybody';
}

function valueOf(scope: Scope): unknown {
  if ('userId' in scope) return scope.userId;
  if ('clientId' in scope) return scope.clientId;
  return 'grantIds' in scope ? scope.grantIds : null;
}
