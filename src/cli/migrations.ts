// Which migrations have been applied and which are pending. They are run by
// platform/database/schema/run-migrations.ts.
import { readdir } from 'node:fs/promises';
import type { Knex } from 'knex';
import { listApplied } from '#platform/database/schema/applied-migrations.ts';

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
