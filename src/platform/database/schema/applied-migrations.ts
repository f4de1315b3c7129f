// The migrations that a database records as applied.
import type { Knex } from 'knex';

/** Their names, in the order in which they were applied. */
export async function listApplied(knex: Knex): Promise<readonly string[]> {
  if (!(await knex.schema.hasTable('knex_migrations'))) return [];
  const rows: { name: string }[] = await knex('knex_migrations').select('name').orderBy('id');
  return rows.map(({ name }) => name);
}
