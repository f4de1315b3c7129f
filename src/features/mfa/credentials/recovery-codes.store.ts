// Recovery codes: hashed, for single use.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';

const removeAll: Statement = {
  name: 'recovery_codes_remove',
  text: 'delete from recovery_codes where user_id = $1',
};

const add: Statement = {
  name: 'recovery_codes_add',
  text: `
    insert into recovery_codes (user_id, code_hash, created_at)
    select $1, unnest($2::bytea[]), $3`,
};

const use: Statement = {
  name: 'recovery_code_use',
  text: `
    update recovery_codes set used_at = $3
     where user_id = $1 and code_hash = $2 and used_at is null`,
};

const left: Statement = {
  name: 'recovery_codes_left',
  text: `
    select count(*)::integer as count from recovery_codes where user_id = $1 and used_at is null`,
};

export function createRecoveryCodeStore(db: Database) {
  return {
    /** Replaces all previous codes of the user. */
    async replace(userId: string, hashes: readonly Buffer[], at: Date, tx: Knex): Promise<void> {
      await db.run(removeAll, [userId], tx);
      await db.run(add, [userId, hashes, at], tx);
    },
    /** True for exactly one caller per code. */
    async use(userId: string, hash: Buffer, at: Date, tx: Knex): Promise<boolean> {
      return (await db.run(use, [userId, hash, at], tx)).rowCount === 1;
    },
    /** Number of unused codes. */
    async count(userId: string, tx?: Knex): Promise<number> {
      return (await db.run<{ count: number }>(left, [userId], tx)).rows[0]?.count ?? 0;
    },
    async removeAll(userId: string, tx: Knex): Promise<void> {
      await db.run(removeAll, [userId], tx);
    },
  };
}

export type RecoveryCodeStore = ReturnType<typeof createRecoveryCodeStore>;
