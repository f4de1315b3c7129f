// Statements with which a change proves that the administrator still has the right to it.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { isUuid } from '#platform/uuid.ts';

/** An arbitrary number that every version of the product must share. */
const advisoryLock = 7_074_100_816;

const lock: Statement = {
  name: 'access_changes_lock',
  text: 'select pg_advisory_xact_lock($1)',
};

// A block of the user waits for the lock, or comes first and is seen.
const activeUser: Statement = {
  name: 'administrator_active_user',
  text: `
    select id
      from users
     where id = $1 and (blocked_at is null or blocked_until <= $2)
       for share`,
};

// The lock that an act takes on its user anyway.
const heldUser: Statement = {
  name: 'administrator_target_user',
  text: 'select 1 from users where id = $1 for no key update',
};

const activeClient: Statement = {
  name: 'administrator_active_client',
  text: `
    select metadata ->> 'scope' as scope
      from clients
     where client_id = $1 and disabled_at is null
       for share`,
};

const lockShared: Statement = {
  name: 'access_changes_lock_shared',
  text: 'select pg_advisory_xact_lock_shared($1)',
};

const ownerOfSession: Statement = {
  name: 'rank_owner_of_session',
  text: 'select user_id from sessions where uid = $1',
};

const ownerOfGrant: Statement = {
  name: 'rank_owner_of_grant',
  text: 'select user_id from grants where id = $1',
};

const scopeOfClient: Statement = {
  name: 'rank_scope_of_client',
  text: `select metadata ->> 'scope' as scope from clients where client_id = $1`,
};

// The row stays as it is until the end of the transaction that changes the client.
const lockedScopeOfClient: Statement = {
  name: 'rank_locked_scope_of_client',
  text: `
    select metadata ->> 'scope' as scope from clients where client_id = $1 for no key update`,
};

// In the order in which the use of a link locks them, so that the two cannot deadlock.
const endSetupLinks: Statement = {
  name: 'access_changes_end_setup_links',
  text: `
    with unused as (
      select token_hash from setup_links where used_at is null order by token_hash for update
    )
    update setup_links s
       set used_at = $1
      from unused
     where s.token_hash = unused.token_hash`,
};

export function createAdministratorStore(db: Database) {
  async function scopeIn(statement: Statement, id: string, tx: Knex) {
    return (await db.run<{ scope: string | null }>(statement, [id], tx)).rows[0]?.scope;
  }
  async function ownerIn(statement: Statement, id: string, tx: Knex): Promise<string | undefined> {
    const { rows } = await db.run<{ user_id: string | null }>(statement, [id], tx);
    return rows[0]?.user_id ?? undefined;
  }
  return {
    /**
     * Serializes all changes of roles, groups and their members until the transaction ends. They are rare,
     * and any of them may withdraw a right from the administrator who makes another.
     */
    async lockChanges(tx: Knex): Promise<void> {
      await db.run(lock, [advisoryLock], tx);
    },
    /** Invalidates the links that create the first administrator. */
    async endSetupLinks(at: Date, tx: Knex): Promise<void> {
      await db.run(endSetupLinks, [at], tx);
    },
    /** Makes such changes wait until the transaction ends; other holders of this shared lock do not wait. */
    async lockRights(tx: Knex): Promise<void> {
      await db.run(lockShared, [advisoryLock], tx);
    },
    /** Locks the row, so that a concurrent block waits. */
    async isActiveUser(id: string, at: Date, tx: Knex): Promise<boolean> {
      return isUuid(id) && (await db.run(activeUser, [id, at], tx)).rowCount === 1;
    },
    /** Locks the user whom an act concerns, if the user exists. */
    async lockUser(id: string, tx: Knex): Promise<void> {
      if (isUuid(id)) await db.run(heldUser, [id], tx);
    },
    /**
     * The registered scopes of a client that is not blocked. Locks the row, so that a concurrent block
     * or change waits.
     */
    async scopeOfActiveClient(id: string, tx: Knex): Promise<string | undefined> {
      return (await scopeIn(activeClient, id, tx)) ?? undefined;
    },
    /** The registered scopes of any client, which stay as they are if the row is locked. */
    async scopeOfClient(id: string, tx: Knex, isLocked: boolean): Promise<string | undefined> {
      const statement = isLocked ? lockedScopeOfClient : scopeOfClient;
      return (await scopeIn(statement, id, tx)) ?? undefined;
    },
    /** The user of a session, also of one that has ended. */
    ownerOfSession: (uid: string, tx: Knex) => ownerIn(ownerOfSession, uid, tx),
    /** The user of a grant, also of one that was revoked. */
    ownerOfGrant: (id: string, tx: Knex) => ownerIn(ownerOfGrant, id, tx),
  };
}

export type AdministratorStore = ReturnType<typeof createAdministratorStore>;
