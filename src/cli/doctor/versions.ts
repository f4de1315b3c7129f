// Checks whether the running servers have the version of this command. On PostgreSQL, each connection of
// a server names its version; with the embedded database, the server names it before a command.
import { describeFailure } from '#cli/framework/failures.ts';
import { version as own } from '#cli/version.ts';
import { applicationNameOf, type Database } from '#platform/database/postgres.ts';
import type { Finding } from './findings.ts';

const check = 'version';

export async function inspectVersions(db: Database): Promise<Finding[]> {
  try {
    const { rows } = await db.run<{ name: string }>(connected, [`^${applicationNameOf('[0-9]')}`]);
    return describeVersions(rows.map(({ name }) => name.slice(applicationNameOf('').length)));
  } catch (error) {
    return [{ check, state: 'fail', message: describeFailure(error).message }];
  }
}

/** Reports nothing without a server: another check says that none responds. */
export function describeVersions(running: readonly string[]): Finding[] {
  if (running.length === 0) return [];
  const others = running.filter((version) => version !== own);
  if (others.length === 0) {
    const message = `The running servers have the version of this command, ${own}.`;
    return [{ check, state: 'ok', message }];
  }
  const message = `This command has version ${own}; running servers have ${others.join(' and ')}.`;
  const next =
    'Restart the servers with the version of this command, or run the command of their version.';
  return [{ check, state: 'warn', message, next }];
}

/** The version of each process with a connection pool. */
const connected = {
  name: 'doctor_versions',
  text: `
    select distinct application_name as name
      from pg_stat_activity
     where datname = current_database()
       and application_name ~ $1
     order by name`,
};
