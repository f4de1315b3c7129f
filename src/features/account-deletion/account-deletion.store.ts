// Schedules account deletions. core/account-data deletes the rows.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';

const setDue: Statement = {
  name: 'deletion_set_due',
  text: 'update users set deletion_due_at = $2, updated_at = $3 where id = $1',
};

const keep: Statement = {
  name: 'deletion_keep',
  text: `
    update users set deletion_due_at = null, updated_at = $2
     where id = $1 and deletion_due_at is not null`,
};

const due: Statement = {
  name: 'deletions_due',
  text: `
    select id from users
     where deletion_due_at <= $1 order by deletion_due_at limit $2`,
};

export function createDeletionStore(db: Database) {
  return {
    async setDue(userId: string, dueAt: Date, at: Date, tx: Knex): Promise<boolean> {
      return (await db.run(setDue, [userId, dueAt, at], tx)).rowCount === 1;
    },
    /** Returns false if no deletion was scheduled. */
    async keep(userId: string, at: Date, tx: Knex): Promise<boolean> {
      return (await db.run(keep, [userId, at], tx)).rowCount === 1;
    },
    /** The ids of the users whose accounts are due. */
    async listDue(at: Date, limit: number): Promise<readonly string[]> {
      return (await db.run<{ id: string }>(due, [at, limit])).rows.map(({ id }) => id);
    },
  };
}

export type DeletionStore = ReturnType<typeof createDeletionStore>;
