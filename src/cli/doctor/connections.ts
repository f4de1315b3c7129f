// Checks whether the database server accepts the connections of all worker processes.
import type { Config } from '#config/config.ts';
import type { Database } from '#platform/database/postgres.ts';
import { inspectSafely, type Finding } from './findings.ts';

/** Connections of one worker at most, as docs/production.md explains. */
const connectionsOfWorker = 12;

export function inspectConnections(db: Database, { workers }: Config): Promise<Finding> {
  const check = 'database connections';
  return inspectSafely(check, async () => {
    const { rows } = await db.run<{ available: number }>(limits, []);
    const { available } = rows[0] ?? { available: 0 };
    return describeConnections(workers, available);
  });
}

export function describeConnections(workers: number, available: number): Finding {
  const check = 'database connections';
  const needed = workers * connectionsOfWorker;
  const count = `${workers} ${workers === 1 ? 'worker needs' : 'workers need'} up to ${needed}`;
  const message = `${count} connections; the server accepts ${available}.`;
  if (needed <= available) return { check, state: 'ok', message };
  const next = `Raise max_connections above ${needed} for each node, or lower WORKERS.`;
  return { check, state: 'warn', message, next };
}

const limits = {
  name: 'doctor_connections',
  text: `
    select current_setting('max_connections')::integer
             - current_setting('superuser_reserved_connections')::integer as available`,
};
