// Reads the names of some rows of a table in one query, for lists that show names instead of ids.
import type { Database } from '#platform/database/postgres.ts';

export interface NamedTable {
  readonly table: string;
  /** The column with the name. */
  readonly name: string;
}

/** The names by id; an id without a row is left out. */
export async function readNamesById(
  db: Database,
  { table, name }: NamedTable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const distinct = [...new Set(ids)];
  if (distinct.length === 0) return new Map();
  const rows: { id: string; name: string }[] = await db
    .knex(table)
    .select({ id: 'id', name })
    .whereIn('id', distinct);
  return new Map(rows.map((row) => [row.id, row.name]));
}
