// The database server and the tables in it.
import type { Database } from '#platform/database/postgres.ts';
import { readMigrationState } from '#cli/migrations.ts';
import { inspectSafely, type Finding } from './findings.ts';

/** Sessions and tokens are judged by the clock of each node. */
const tolerableMs = 1000;

export function inspectServer(db: Database, place: string): Promise<Finding> {
  const check = 'database';
  return inspectSafely(check, async () => {
    const { rows } = await db.run<{ version: string; may_write: boolean }>(facts, []);
    const [{ version, may_write: mayWrite } = { version: 'unknown', may_write: false }] = rows;
    await db.ping();
    const shown = `PostgreSQL ${version} (${place})`;
    if (mayWrite) return { check, state: 'ok', message: `${shown} answers and can be written to.` };
    return {
      check,
      state: 'fail',
      message: `${shown} answers, but this account may not write to it.`,
      next: 'Let DATABASE_URL name the owner of the database, or grant that account its rights.',
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
    if (missing.length === 0) return { check, state: 'ok', message: 'The tables are up to date.' };
    return {
      check,
      state: 'warn',
      message: `These changes of the tables are still to be made: ${missing.join(', ')}.`,
      next: 'Run npx ostiary migrate, or start the server, which does the same.',
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
      return { check, state: 'ok', message: 'This machine and the database agree on the time.' };
    }
    return {
      check,
      state: 'warn',
      message: `The clock of the database differs from ours by ${differenceMs / 1000} s.`,
      next: 'Let both machines keep time by NTP.',
    };
  });
}

const clock = { name: 'doctor_clock', text: 'select clock_timestamp() as at' };
