// Ending many things at once: everything of a person, of an app, of a session, or of everybody.
// Each method is one statement; the service that blocks puts them into one transaction.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { createGrantEndings, type StandingGrant } from './grant-revocation.store.ts';
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

const raiseUserEpoch: Statement = {
  name: 'user_epoch',
  text: `
    update users
       set not_before = greatest(not_before, $2), security_version = security_version + 1
     where id = $1`,
};

// The row of the user comes first in every act, so that acts and writes that rely on the version wait
// for one another in the same order.
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

const raiseClientEpoch: Statement = {
  name: 'client_epoch',
  text: 'update clients set not_before = greatest(not_before, $2) where client_id = $1',
};

const raiseEpochOfEverybody: Statement = {
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

// Only the app's part of the session, and where a grant is named, only if it stands on that one:
// other apps have nothing to be told.
const sessionsOnApp: Statement = {
  name: 'sessions_on_app',
  text: `
    select uid, user_id,
           jsonb_build_object($2::text, authorizations -> $2::text) as authorizations
      from sessions
     where user_id = $1 and ended_at is null and authorizations ? $2::text
       and ($3::text is null or authorizations -> $2::text ->> 'grantId' = $3)`,
};

/** What an app holds of a person: one grant, or whatever there is. */
export type AppHold = Pick<StandingGrant, 'userId' | 'clientId'> & Partial<StandingGrant>;

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
    ...createGrantEndings(db),
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
    /** Sign-ins that are in progress do not take part in what comes next. */
    async raiseSecurityVersion(userId: string, tx: Knex) {
      await changes(raiseSecurityVersion, [userId], tx);
    },
    /** Authorizations that are in progress do not take part in what comes next. */
    async raiseAccessVersion(userId: string, tx: Knex) {
      await changes(raiseAccessVersion, [userId], tx);
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
    /** Only if it is that person's, where one is named. */
    async endSession(uid: string, because: string, at: Date, tx: Knex, userId?: string) {
      return (await ended(endSession, [uid, at, because, userId ?? null], tx))[0];
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
    /** Sessions in which the app was reached; with a grant's id, those that stand on it. */
    async findSessionsOn({ id, userId, clientId }: AppHold, tx: Knex) {
      return ended(sessionsOnApp, [userId, clientId, id ?? null], tx);
    },
  };
}

export type EndingStore = ReturnType<typeof createEndingStore>;
