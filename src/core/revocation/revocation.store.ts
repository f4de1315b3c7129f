// Statements that revoke in bulk: everything of a user, of a client, of a session, or of all users.
// Each method is one statement; the service combines them in a transaction.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { createGrantRevocations, type GrantOwner } from './grant-revocation.store.ts';
import { endedSessionFromRow, type EndedSessionRow } from '#core/sessions/session-rows.store.ts';

const blockUser: Statement = {
  name: 'user_block',
  text: `
    update users
       set blocked_at = $2, not_before = $2, blocked_reason = $3, blocked_until = $4,
           blocked_by = $5, updated_at = $2, security_version = security_version + 1
     where id = $1`,
};

const unblockUser: Statement = {
  name: 'user_unblock',
  text: `
    update users
       set blocked_at = null, blocked_reason = null, blocked_until = null, blocked_by = null,
           not_before = greatest(not_before, $2), updated_at = $2,
           security_version = security_version + 1
     where id = $1 and blocked_at is not null`,
};

const raiseUserNotBefore: Statement = {
  name: 'user_epoch',
  text: `
    update users
       set not_before = greatest(not_before, $2), security_version = security_version + 1
     where id = $1`,
};

// Every revocation locks the row of the user first, so that revocations and writes that rely on the user's
// version always lock in the same order.
const raiseSecurityVersion: Statement = {
  name: 'user_security_version',
  text: 'update users set security_version = security_version + 1 where id = $1',
};

const raiseAccessVersion: Statement = {
  name: 'user_access_version',
  text: 'update users set access_version = access_version + 1 where id = $1',
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

const raiseClientNotBefore: Statement = {
  name: 'client_epoch',
  text: 'update clients set not_before = greatest(not_before, $2) where client_id = $1',
};

const raiseGlobalNotBefore: Statement = {
  name: 'epoch_everybody',
  text: `
    update epochs
       set not_before = greatest(not_before, $1), security_version = security_version + 1`,
};

const endedColumns = 'uid, user_id, authorizations';

const endSession: Statement = {
  name: 'session_end_by_uid',
  text: `
    update sessions set ended_at = $2, ended_because = $3
     where uid = $1 and ended_at is null and ($4::uuid is null or user_id = $4)
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

// Removes only the client's part of the session and, if a grant is given, only where the part
// belongs to that grant: other clients must not receive a logout.
const sessionsOnApp: Statement = {
  name: 'sessions_on_app',
  text: `
    select uid, user_id,
           jsonb_build_object($2::text, authorizations -> $2::text) as authorizations
      from sessions
     where user_id = $1 and ended_at is null and authorizations ? $2::text
       and ($3::text is null or authorizations -> $2::text ->> 'grantId' = $3)`,
};

/** Access of a client to a user's account: a single grant, or all of it. */
export type AppHold = Pick<GrantOwner, 'userId' | 'clientId'> & Partial<GrantOwner>;

export interface BlockFacts {
  readonly reason: string;
  readonly until: Date | undefined;
  readonly by: string;
}

export function createRevocationStore(db: Database) {
  async function invalidation(statement: Statement, values: readonly unknown[], tx: Knex) {
    return (await db.run(statement, values, tx)).rowCount;
  }

  async function ended(statement: Statement, values: readonly unknown[], tx: Knex) {
    const { rows } = await db.run<EndedSessionRow>(statement, values, tx);
    return rows.map(endedSessionFromRow);
  }

  return {
    ...createGrantRevocations(db),
    /** Blocking again replaces the block. Returns false when the user does not exist. */
    async blockUser(id: string, { reason, until, by }: BlockFacts, at: Date, tx: Knex) {
      return (await invalidation(blockUser, [id, at, reason, until ?? null, by], tx)) === 1;
    },
    /** Sets notBefore, so that nothing from before the block becomes valid again. */
    async unblockUser(id: string, at: Date, tx: Knex) {
      return (await invalidation(unblockUser, [id, at], tx)) === 1;
    },
    async raiseUserNotBefore(id: string, at: Date, tx: Knex) {
      return (await invalidation(raiseUserNotBefore, [id, at], tx)) === 1;
    },
    /** Sign-ins in progress can no longer be completed. */
    async raiseSecurityVersion(userId: string, tx: Knex) {
      await invalidation(raiseSecurityVersion, [userId], tx);
    },
    /** Authorizations in progress can no longer be completed. */
    async raiseAccessVersion(userId: string, tx: Knex) {
      await invalidation(raiseAccessVersion, [userId], tx);
    },
    async blockClient(clientId: string, at: Date, tx: Knex) {
      return (await invalidation(blockClient, [clientId, at], tx)) === 1;
    },
    async unblockClient(clientId: string, at: Date, tx: Knex) {
      return (await invalidation(unblockClient, [clientId, at], tx)) === 1;
    },
    async raiseClientNotBefore(clientId: string, at: Date, tx: Knex) {
      return (await invalidation(raiseClientNotBefore, [clientId, at], tx)) === 1;
    },
    async raiseGlobalNotBefore(at: Date, tx: Knex) {
      await invalidation(raiseGlobalNotBefore, [at], tx);
    },
    /** If `userId` is given, the session must belong to that user. */
    async endSession(uid: string, because: string, at: Date, tx: Knex, userId?: string) {
      return (await ended(endSession, [uid, at, because, userId ?? null], tx))[0];
    },
    /** Ends all sessions of a user except `except`. */
    async endSessionsOfUser(
      { userId, except }: { userId: string; except?: string | undefined },
      because: string,
      at: Date,
      tx: Knex,
    ) {
      return ended(endSessionsOfUser, [userId, at, because, except ?? null], tx);
    },
    /** Returns the number of sessions. Clients are not notified individually. */
    async endAllSessions(because: string, at: Date, tx: Knex) {
      return invalidation(endAllSessions, [at, because], tx);
    },
    /**
     * Sessions in which the client was authorized; with a grant id, those that belong to the grant.
     */
    async findSessionsOn({ id, userId, clientId }: AppHold, tx: Knex) {
      return ended(sessionsOnApp, [userId, clientId, id ?? null], tx);
    },
  };
}

export type RevocationStore = ReturnType<typeof createRevocationStore>;
