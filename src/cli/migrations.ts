// Which migrations have been applied and which are pending. They are run by
// platform/database/migrations.ts.
import { readdir } from 'node:fs/promises';
import type { Knex } from 'knex';

export interface MigrationState {
  readonly applied: readonly string[];
  readonly missing: readonly string[];
}

export async function readMigrationState(knex: Knex): Promise<MigrationState> {
  const applied = await listApplied(knex);
  const known = await listKnown();
  return { applied, missing: known.filter((name) => !applied.includes(name)) };
}

async function listKnown(): Promise<string[]> {
  const names = await readdir(new URL('../../migrations/', import.meta.url));
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -'.ts'.length))
    .toSorted();
}

async function listApplied(knex: Knex): Promise<string[]> {
  if (!(await knex.schema.hasTable('knex_migrations'))) return [];
  const rows: { name: string }[] = await knex('knex_migrations').select('name').orderBy('id');
  return rows.map(({ name }) => name);
}
