// Checks the environment of the database, the rights of the database user, and the age of the last
// backup where it can be known.
import type { Config } from '#config/config.ts';
import { createInstallationStore } from '#features/backup/installation.store.ts';
import type { Database } from '#platform/database/postgres.ts';
import { inspectSafely, type Finding } from './findings.ts';

const day = 24 * 60 * 60 * 1000;
const tolerableBackupMs = 7 * day;

export function inspectEnvironment(
  db: Database,
  { environmentName: own }: Config,
): Promise<Finding> {
  const check = 'environment';
  return inspectSafely(check, async () => {
    const { environment } = await createInstallationStore(db).read();
    if (environment === undefined) {
      return { check, state: 'ok', message: `The next start records the environment "${own}".` };
    }
    if (environment === own) {
      return { check, state: 'ok', message: `The database belongs to the environment "${own}".` };
    }
    return {
      check,
      state: 'fail',
      message: `The database belongs to the environment "${environment}", not to "${own}".`,
      next: 'Correct DATABASE_URL or ENVIRONMENT, or run npx ostiary database environment.',
    };
  });
}

export function inspectDatabaseUser(db: Database, { environment }: Config): Promise<Finding> {
  const check = 'database user';
  return inspectSafely(check, async () => {
    const { rows } = await db.run<{ name: string; superuser: boolean; owner: boolean }>(rights, []);
    const [{ name, superuser, owner } = { name: 'unknown', superuser: false, owner: false }] = rows;
    if (!superuser && !owner) {
      return { check, state: 'ok', message: `${name} cannot change the schema.` };
    }
    const right = superuser ? 'is a superuser' : 'may change the schema';
    return {
      check,
      // One user for everything is convenient in development; a superuser is never needed.
      state: superuser && environment === 'production' ? 'warn' : 'ok',
      message: `${name} ${right}.`,
      next: 'Use separate users for migrations and for the server (docs/production.md).',
    };
  });
}

const rights = {
  name: 'doctor_rights',
  text: `
    select current_user::text as name,
           (select rolsuper from pg_roles where rolname = current_user) as superuser,
           coalesce(has_schema_privilege(current_schema(), 'create'), false) as owner`,
};

export function inspectBackup(db: Database, now: () => Date): Promise<Finding> {
  return inspectSafely('backup', () =>
    db.kind === 'embedded' ? inspectCopies(db, now) : inspectArchive(db, now),
  );
}

async function inspectCopies(db: Database, now: () => Date): Promise<Finding> {
  const check = 'backup';
  const next = 'Run npx ostiary backup FILE.';
  const { lastBackupAt } = await createInstallationStore(db).read();
  if (!lastBackupAt) return { check, state: 'ok', message: 'There is no backup yet.', next };
  const age = now().getTime() - lastBackupAt.getTime();
  const message = `The last backup was made ${describeAge(age)} ago.`;
  if (age <= tolerableBackupMs) return { check, state: 'ok', message };
  return { check, state: 'warn', message, next };
}

interface ArchiveRow {
  mode: string;
  archived_at: Date | null;
  failed_at: Date | null;
}

/** Dumps, and backups made by a hosting provider, cannot be seen from here. */
async function inspectArchive(db: Database, now: () => Date): Promise<Finding> {
  const check = 'backup';
  const { rows } = await db.run<ArchiveRow>(archive, []);
  const { mode, archived_at: archivedAt, failed_at: failedAt } = rows[0] ?? { mode: 'off' };
  if (mode === 'off') {
    const message = 'PostgreSQL archives no write-ahead log; other backups are not visible here.';
    return { check, state: 'ok', message, next: 'See docs/backup.md for both kinds of backup.' };
  }
  if (failedAt && failedAt > (archivedAt ?? new Date(0))) {
    return {
      check,
      state: 'fail',
      message: `PostgreSQL has not been able to archive its write-ahead log since ${failedAt.toISOString()}.`,
      next: 'See archive_command and the log of PostgreSQL.',
    };
  }
  if (!archivedAt) {
    return { check, state: 'ok', message: 'PostgreSQL has archived no write-ahead log yet.' };
  }
  const age = describeAge(now().getTime() - archivedAt.getTime());
  return { check, state: 'ok', message: `The write-ahead log was archived ${age} ago.` };
}

const archive = {
  name: 'doctor_archive',
  text: `
    select current_setting('archive_mode') as mode, last_archived_time as archived_at,
           last_failed_time as failed_at
      from pg_stat_archiver`,
};

function describeAge(milliseconds: number): string {
  const days = Math.floor(milliseconds / day);
  if (days > 0) return days === 1 ? '1 day' : `${days} days`;
  const hours = Math.floor(milliseconds / 3_600_000);
  return hours > 0 ? `${hours} h` : 'less than an hour';
}
