// Removes expired rows in small batches, so that no statement holds its locks for long. Which rows
// expire is declared by each module (core/modules).
import { isKept, type ExpiryRule, type TableRules } from '#core/modules/table-rules.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';

/** Rows per statement; locks are held for a few milliseconds. */
export const removeBatch = 500;

/** The statements that each remove one batch. */
export function removalsOf(tables: readonly TableRules[]): readonly Statement[] {
  return tables.flatMap(({ table, cleanup }) =>
    isKept(cleanup) ? [] : cleanup.map((rule) => statementOf(table, rule)),
  );
}

export function createExpiredRowStore(db: Database, tables: readonly TableRules[]) {
  const statements = removalsOf(tables);

  return {
    /** Removes one batch per table. @returns the number of rows removed */
    async removeBatch(before: Date): Promise<number> {
      let removed = 0;
      for (const each of statements) removed += (await db.run(each, [before])).rowCount;
      return removed;
    },
  };
}

export type ExpiredRowStore = ReturnType<typeof createExpiredRowStore>;

function statementOf(table: string, rule: ExpiryRule): Statement {
  const { key, when = 'expires_at < $1', name, set } = rule;
  const { by = rule.when === undefined ? 'expires_at' : undefined } = rule;
  // Without the order, PostgreSQL would scan the table from its start, past all removed rows, if many have
  // expired.
  const order = by === undefined ? '' : `order by ${by}`;
  const columns = key.replace(/^\(|\)$/g, '');
  return {
    name: `purge_${table}${name ? `_${name}` : ''}`,
    text: `
      ${set ? `update ${table} set ${set}` : `delete from ${table}`}
       where ${key} in (
         select ${columns} from ${table} where ${when} ${order} limit ${removeBatch} for update skip locked
       )`,
  };
}
