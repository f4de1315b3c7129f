// Checks the database server, its migrations and its clock.
import type { Database } from '#platform/database/postgres.ts';
import { readMigrationState } from '#cli/migrations.ts';
import { inspectSafely, type Finding } from './findings.ts';

/** Each node evaluates the expiry of sessions and tokens by its own clock. */
const tolerableMs = 1000;

export function inspectServer(db: Database, shownAs: string): Promise<Finding> {
  const check = 'database';
  return inspectSafely(check, async () => {
    const { rows } = await db.run<{ version: string; may_write: boolean }>(facts, []);
    const [{ version, may_write: mayWrite } = { version: 'unknown', may_write: false }] = rows;
    await db.ping();
    const shown = `PostgreSQL ${version} (${shownAs})`;
    if (mayWrite) return { check, state: 'ok', message: `${shown} is reachable and writable.` };
    return {
      check,
      state: 'fail',
      message: `${shown} is reachable, but this database user may not write to it.`,
      next: 'Use the database owner in DATABASE_URL, or grant this user the same privileges.',
    };
  });
}

const facts = {
  name: 'doctor_server',
  text: `
    select current_setting('server_version') as version,
           case
             when to_regclass('users') is null
             then coalesce(has_schema_privilege(current_schema(), 'create'), false)
             else has_table_privilege(to_regclass('users'), 'insert, update, delete')
           end as may_write`,
};

export async function inspectMigrations(
  db: Database,
): Promise<{ readonly finding: Finding; readonly applied: readonly string[] }> {
  const check = 'tables';
  let found: readonly string[] = [];
  const finding = await inspectSafely(check, async () => {
    const { applied, missing } = await readMigrationState(db.knex);
    found = applied;
    if (missing.length === 0)
      return { check, state: 'ok', message: 'The database schema is up to date.' };
    return {
      check,
      state: 'warn',
      message: `Pending migrations: ${missing.join(', ')}.`,
      next: 'Run npx ostiary migrate, or start the server, which migrates as well.',
    };
  });
  return { finding, applied: found };
}

export function inspectClock(db: Database, now: () => Date): Promise<Finding> {
  const check = 'clock';
  return inspectSafely(check, async () => {
    const before = now().getTime();
    const { rows } = await db.run<{ at: Date }>(clock, []);
    const middle = (before + now().getTime()) / 2;
    const differenceMs = Math.round((rows[0]?.at.getTime() ?? middle) - middle);
    if (Math.abs(differenceMs) <= tolerableMs) {
      return {
        check,
        state: 'ok',
        message: 'The clocks of this machine and of the database agree.',
      };
    }
    return {
      check,
      state: 'warn',
      message: `The clocks of the database and this machine differ by ${differenceMs / 1000} s.`,
      next: 'Synchronize both machines by NTP.',
    };
  });
}

const clock = { name: 'doctor_clock', text: 'select clock_timestamp() as at' };
