// Removes expired rows in small batches, so that no statement holds its locks for long. Which rows
// expire is declared by each module (core/modules).
import { isKept, type ExpiryRule, type TableRules } from '#core/modules/table-rules.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';

/** Rows per statement, ascending. Each is part of the text, so that PostgreSQL plans for it. */
export const batchSizes = [20, 100, 500] as const;
/** After a statement that took longer, as on a slow disk, the next ones remove fewer rows. */
const longMilliseconds = 50;
/** After a full batch that took less, the next ones remove more. */
const shortMilliseconds = 5;

interface Removal {
  /** One per batch size, in the same order. */
  readonly statements: readonly Statement[];
  /** The index of the next statement. */
  next: number;
}

/** For each rule, the statements that remove one batch, one for each of the batch sizes. */
export function removalsOf(tables: readonly TableRules[]): readonly (readonly Statement[])[] {
  return tables.flatMap(({ table, cleanup }) =>
    isKept(cleanup)
      ? []
      : cleanup.map((rule) => batchSizes.map((rows) => statementOf(table, rule, rows))),
  );
}

/** @param clock in milliseconds */
export function createExpiredRowStore(
  db: Database,
  tables: readonly TableRules[],
  clock: () => number = () => performance.now(),
) {
  const largest = batchSizes.length - 1;
  // The first rows may have to be read from the disk, so each rule starts with the smallest batch.
  const removals = removalsOf(tables).map((statements): Removal => ({ statements, next: 0 }));

  async function run(removal: Removal, before: Date): Promise<number> {
    const statement = removal.statements[removal.next];
    if (!statement) return 0;
    const startedAt = clock();
    const { rowCount } = await db.run(statement, [before]);
    const milliseconds = clock() - startedAt;
    if (milliseconds > longMilliseconds) removal.next = Math.max(removal.next - 1, 0);
    const isFull = rowCount === batchSizes[removal.next];
    if (isFull && milliseconds < shortMilliseconds)
      removal.next = Math.min(removal.next + 1, largest);
    return rowCount;
  }

  return {
    /** Removes one batch per rule. @returns the number of rows removed */
    async removeBatch(before: Date): Promise<number> {
      let removed = 0;
      for (const each of removals) removed += await run(each, before);
      return removed;
    },
  };
}

export type ExpiredRowStore = ReturnType<typeof createExpiredRowStore>;

function statementOf(table: string, rule: ExpiryRule, rows: number): Statement {
  const { key, when = 'expires_at < $1', name, set } = rule;
  const { by = rule.when === undefined ? 'expires_at' : undefined } = rule;
  // Without the order, PostgreSQL would scan the table from its start, past all removed rows, if many have
  // expired.
  const order = by === undefined ? '' : `order by ${by}`;
  const columns = key.replace(/^\(|\)$/g, '');
  return {
    name: `purge_${table}${name ? `_${name}` : ''}_${rows}`,
    text: `
      ${set ? `update ${table} set ${set}` : `delete from ${table}`}
       where ${key} in (
         select ${columns} from ${table} where ${when} ${order} limit ${rows} for update skip locked
       )`,
  };
}
