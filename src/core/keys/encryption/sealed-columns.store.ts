// The encrypted columns of all tables: counts them by key, and replaces texts that another key
// encrypted. Table and column names come from the declarations of the modules (table-rules.ts).
import type { SealedColumn, TableRules } from '#core/modules/table-rules.ts';
import { sealedStart } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';

/** A window of rows is read in the order of the primary key; few of them may need a change. */
const windowRows = 100;

export interface SealedTable extends SealedColumn {
  readonly table: string;
}

export interface SealedText {
  /** The values of the primary key. */
  readonly key: readonly string[];
  /** Encrypted by another key than the current one; `undefined`: nothing to do. */
  readonly stale: string | undefined;
}

export function sealedTablesOf(tables: readonly TableRules[]): readonly SealedTable[] {
  return tables.flatMap(({ table, sealed = [] }) => sealed.map((column) => ({ ...column, table })));
}

export function createSealedColumnStore(db: Database) {
  return {
    /** The number of rows by key id. */
    async count(place: SealedTable): Promise<ReadonlyMap<string, number>> {
      const { table, column, prefix = '' } = place;
      const start = prefix + sealedStart;
      const { rows }: { rows: { id: string; count: string }[] } = await db.knex.raw(
        `select split_part(substr(??, ?), '.', 1) as id, count(*) as count
           from (select substr(??, 1, 80) as ?? from ?? where starts_with(??, ?)) sealed
          group by 1
          order by 1`,
        [column, start.length + 1, column, column, table, column, start],
      );
      return new Map(rows.map(({ id, count }) => [id, Number(count)]));
    },
    /** The next rows after this key, in its order. */
    async window(
      place: SealedTable,
      currentId: string,
      after: readonly string[] | undefined,
    ): Promise<readonly SealedText[]> {
      const { table, column, key, prefix = '' } = place;
      const start = prefix + sealedStart;
      const names = key.map(() => '??').join(', ');
      const later = after ? `where (${names}) > (${key.map(() => '?').join(', ')})` : '';
      const { rows }: { rows: Record<string, unknown>[] } = await db.knex.raw(
        `select ${names},
                case when starts_with(??, ?) and not starts_with(??, ?) then ?? end as stale
           from ??
          ${later}
          order by ${names}
          limit ${windowRows}`,
        [
          ...key,
          column,
          start,
          column,
          `${start}${currentId}.`,
          column,
          table,
          ...(after ? [...key, ...after] : []),
          ...key,
        ],
      );
      return rows.map((row) => ({
        key: key.map((name) => String(row[name])),
        stale: typeof row['stale'] === 'string' ? row['stale'] : undefined,
      }));
    },
    /** False when the row was changed or deleted since it was read; it is then left alone. */
    async replace(
      { table, column, key }: SealedTable,
      { key: values, stale }: SealedText,
      fresh: string,
    ): Promise<boolean> {
      const row = Object.fromEntries(key.map((name, index) => [name, values[index]]));
      const changed: number = await db
        .knex(table)
        .where({ ...row, [column]: stale })
        .update({ [column]: fresh });
      return changed === 1;
    },
  };
}

export type SealedColumnStore = ReturnType<typeof createSealedColumnStore>;
