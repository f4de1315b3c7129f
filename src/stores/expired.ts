// Removes rows whose time has passed, a few at a time, so that no purge holds its locks for long.
import type { Database, Statement } from '#platform/postgres.ts';

/** Rows per statement: a few milliseconds of locks. */
export const purgeBatch = 500;

interface Expiring {
  readonly table: string;
  readonly key: string;
}

const tables: readonly Expiring[] = [
  { table: 'sessions', key: 'uid' },
  { table: 'grants', key: 'id' },
  { table: 'refresh_families', key: 'id' },
  { table: 'code_redemptions', key: 'code_hash' },
  { table: 'revoked_tokens', key: 'jti_hash' },
  { table: 'access_tokens', key: 'id_hash' },
];

const purges: readonly Statement[] = tables.map(({ table, key }) => ({
  name: `purge_${table}`,
  text: `
    delete from ${table}
     where ${key} in (
       select ${key} from ${table} where expires_at < $1 limit ${purgeBatch} for update skip locked
     )`,
}));

export function createExpiredRowStore(db: Database) {
  return {
    /** Removes one batch of each table; the number of rows removed. */
    async purgeBatch(before: Date): Promise<number> {
      let removed = 0;
      for (const purge of purges) removed += (await db.run(purge, [before])).rowCount;
      return removed;
    },
  };
}

export type ExpiredRowStore = ReturnType<typeof createExpiredRowStore>;
