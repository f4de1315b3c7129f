// Statements with which a change of roles proves that the administrator still has the right to it.
import type { Knex } from 'knex';
import type { AuditActor } from '#core/audit/audit.ts';
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

const activeClient: Statement = {
  name: 'administrator_active_client',
  text: 'select client_id from clients where client_id = $1 and disabled_at is null for share',
};

export function createAdministratorStore(db: Database) {
  return {
    /**
     * Makes all changes of roles, groups and their members wait for each other until the transaction
     * ends. They are rare, and any of them may take a right away from the author of another.
     */
    async lockChanges(tx: Knex): Promise<void> {
      await db.run(lock, [advisoryLock], tx);
    },
    /** Locks the row of the actor, so that a concurrent block waits. */
    async isActive({ kind, id = '' }: AuditActor, at: Date, tx: Knex): Promise<boolean> {
      if (kind === 'user') {
        return isUuid(id) && (await db.run(activeUser, [id, at], tx)).rowCount === 1;
      }
      return kind === 'client' && (await db.run(activeClient, [id], tx)).rowCount === 1;
    },
  };
}

export type AdministratorStore = ReturnType<typeof createAdministratorStore>;
