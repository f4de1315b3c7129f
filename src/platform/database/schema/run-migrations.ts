// Applies migrations exactly once, however many processes start at the same time, and only to a
// database of the environment of this process.
import type { Knex } from 'knex';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError, isAppError } from '#platform/errors.ts';
import type { Log } from '#platform/logging/log.ts';
import { listApplied } from './applied-migrations.ts';
import { claimEnvironment, refuseOtherEnvironment } from './environment.ts';
import { migrations as allMigrations, type Migration } from '#platform/database/migrations.ts';

export interface MigrationRun {
  readonly knex: Knex;
  readonly log: Log;
  /** The environment of this process; `undefined` for tools that work with every database. */
  readonly environment: string | undefined;
  readonly migrations?: readonly Migration[];
}

/** An arbitrary number that every version of the product must share. */
const advisoryLock = 7_074_100_815;

const attempts = 30;

/**
 * Each migration of an existing database is one transaction, so that no lock is held longer than
 * its migration needs. A migration that does not get a lock within a second is rolled back and tried
 * again later, because all requests for the table queue behind a waiting migration.
 * @throws AppError `conflict` when the database belongs to another environment, or when migrations
 * are pending that this database user may not apply
 */
export async function runMigrations(run: MigrationRun): Promise<void> {
  const applied: string[] = [];
  for (let attempt = 1; ;) {
    try {
      const names = await run.knex.transaction((tx) => runNext(tx, run));
      applied.push(...names);
      if (names.length === 0) break;
    } catch (error) {
      if (attempt === attempts || !isRetryable(error)) throw error;
      attempt += 1;
      await pause(1000);
    }
  }
  logMigrations(applied, run.log);
}

/** One line, because a first start applies all of them. */
function logMigrations(names: readonly string[], log: Log): void {
  const newest = names.at(-1);
  for (const name of names) log.debug({ event: 'migration.applied', migration: name }, 'applied');
  if (newest === undefined) return;
  log.info({ event: 'database.migrated', migration: newest }, 'migrated');
}

/**
 * Holds an advisory lock: a later process waits and then finds nothing to do, and a process that
 * dies leaves nothing behind. Returns the names of the applied migrations.
 */
async function runNext(
  tx: Knex.Transaction,
  { environment, migrations = allMigrations }: MigrationRun,
): Promise<readonly string[]> {
  await tx.raw('set local statement_timeout = 0');
  await tx.raw('set local lock_timeout = 0');
  await tx.raw('set local idle_in_transaction_session_timeout = 0');
  await tx.raw('select pg_advisory_xact_lock(?)', [advisoryLock]);
  if (environment !== undefined) await refuseOtherEnvironment(environment, tx);
  const applied = await listApplied(tx);
  const missing = migrations.filter(({ name }) => !applied.includes(name));
  if (missing.length === 0) {
    if (environment !== undefined) await claimEnvironment(environment, tx);
    return [];
  }
  await requireRights(missing, tx);
  // Requests must not queue behind a DDL statement that itself waits for a long-running reader.
  await tx.raw(`set local lock_timeout = '1s'`);
  const options = { migrationSource: sourceOf(migrations), ...settings };
  // No request uses an empty database, and one transaction is faster than many.
  const run = applied.length === 0 ? tx.migrate.latest(options) : tx.migrate.up(options);
  // Knex returns the number of the batch and the names of the applied migrations.
  const [, names] = (await run) as [number, string[]];
  return names;
}

/** A node may run as a user that cannot change the schema. */
async function requireRights(missing: readonly Migration[], tx: Knex): Promise<void> {
  const text = `select has_schema_privilege(current_schema(), 'create') as allowed`;
  const { rows }: { rows: { allowed: boolean | null }[] } = await tx.raw(text);
  if (rows[0]?.allowed === true) return;
  const names = missing.map(({ name }) => name).join(', ');
  throw new AppError(
    'conflict',
    `Migrations are pending (${names}), and this database user may not change the schema. Run ` +
      '"ostiary migrate" as the owner of the database first, or set MIGRATION_DATABASE_URL.',
  );
}

function sourceOf(migrations: readonly Migration[]): Knex.MigrationSource<Migration> {
  return {
    getMigrations: () => Promise.resolve([...migrations]),
    getMigrationName: ({ name }) => name,
    getMigration: (migration) => Promise.resolve(migration),
  };
}

// During a rolling update, an older version finds migrations that it does not know.
const settings = { disableMigrationsListValidation: true };

function isRetryable(error: unknown): boolean {
  return isAppError(error, 'store_unavailable');
}
