// The encrypted columns of all tables: counts them by key, and replaces texts that another key
// encrypted. Table and column names come from the declarations of the modules (table-rules.ts).
import type { SealedColumn, TableRules } from '#core/modules/table-rules.ts';
import { sealedStart } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';

/** Rows per statement: few enough to stay well below the statement timeout. */
const countedRows = 20_000;

/** A batch of rows is read in the order of the primary key, although few of them may need re-encryption. */
const windowRows = 100;

export interface SealedTable extends SealedColumn {
  readonly table: string;
}

export interface SealedText {
  /** The values of the primary key. */
  readonly key: readonly string[];
  /** Text encrypted by another key than the current one; `undefined` if there is nothing to do. */
  readonly stale: string | undefined;
}

export function sealedTablesOf(tables: readonly TableRules[]): readonly SealedTable[] {
  return tables.flatMap(({ table, sealed = [] }) => sealed.map((column) => ({ ...column, table })));
}

export function createSealedColumnStore(db: Database) {
  return {
    /**
     * The number of rows by key id, of the first rows in the order of the primary key: at most
     * `maxRows`, rounded up to what one statement counts.
     */
    async count(place: SealedTable, maxRows: number): Promise<RowCount> {
      const rows = new Map<string, number>();
      let after: readonly string[] | null = null;
      for (let seen = 0; seen < maxRows; seen += countedRows) {
        const window: Counted = await countWindow(db, place, after);
        for (const [id, count] of Object.entries(window.counts ?? {})) {
          rows.set(id, (rows.get(id) ?? 0) + count);
        }
        after = window.last;
        if (window.seen < countedRows) return { rows: sorted(rows), isComplete: true };
      }
      return { rows: sorted(rows), isComplete: false };
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
    /** False if the row was changed or deleted since it was read; it is then left unchanged. */
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

export interface RowCount {
  readonly rows: ReadonlyMap<string, number>;
  /** False: the table has further rows, which were not counted. */
  readonly isComplete: boolean;
}

function sorted(rows: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

interface Counted {
  readonly seen: number;
  readonly last: readonly string[] | null;
  readonly counts: Readonly<Record<string, number>> | null;
}

async function countWindow(
  db: Database,
  { table, column, key, prefix = '' }: SealedTable,
  after: readonly string[] | null,
): Promise<Counted> {
  const start = prefix + sealedStart;
  const names = key.map(() => '??').join(', ');
  const backwards = key.map(() => '?? desc').join(', ');
  const texts = key.map(() => '??::text').join(', ');
  const later = after ? `where (${names}) > (${key.map(() => '?').join(', ')})` : '';
  const { rows }: { rows: Counted[] } = await db.knex.raw(
    `with counted as materialized (
       select ${names},
              case when starts_with(??, ?) then split_part(substr(??, ?, 80), '.', 1) end as key_id
         from ??
        ${later}
        order by ${names}
        limit ${countedRows})
     select (select count(*)::integer from counted) as seen,
            (select array[${texts}] from counted order by ${backwards} limit 1) as last,
            (select json_object_agg(key_id, rows)
               from (select key_id, count(*) as rows
                       from counted
                      where key_id is not null
                      group by key_id) by_key) as counts`,
    [
      ...key,
      column,
      start,
      column,
      start.length + 1,
      table,
      ...(after ? [...key, ...after] : []),
      ...key,
      ...key,
      ...key,
    ],
  );
  return rows[0] ?? { seen: 0, last: null, counts: null };
}

export type SealedColumnStore = ReturnType<typeof createSealedColumnStore>;
