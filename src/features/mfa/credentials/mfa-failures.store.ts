// Consecutive wrong codes per user. A correct password does not reset the counter.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';

// Counted before the code is checked, so concurrent attempts cannot exceed the limit. The row lock
// serializes them, so each attempt gets its own number.
const count: Statement = {
  name: 'factor_failures_count',
  text: `
    insert into factor_failures as f (user_id, failures) values ($1, 1)
    on conflict (user_id) do update set failures = f.failures + 1
     where f.locked_until is null or f.locked_until <= $2
    returning failures`,
};

const lock: Statement = {
  name: 'factor_failures_lock',
  text: 'update factor_failures set locked_until = $2 where user_id = $1',
};

const forgive: Statement = {
  name: 'factor_failures_forgive',
  text: 'delete from factor_failures where user_id = $1',
};

export function createFactorFailureStore(db: Database) {
  return {
    /**
     * The number of failures including this one; `undefined`: locked, and this one is not counted.
     */
    async count(userId: string, at: Date, tx: Knex): Promise<number | undefined> {
      return (await db.run<{ failures: number }>(count, [userId, at], tx)).rows[0]?.failures;
    },
    async lock(userId: string, until: Date, tx: Knex): Promise<void> {
      await db.run(lock, [userId, until], tx);
    },
    async forgive(userId: string, tx: Knex): Promise<void> {
      await db.run(forgive, [userId], tx);
    },
  };
}

export type FactorFailureStore = ReturnType<typeof createFactorFailureStore>;
