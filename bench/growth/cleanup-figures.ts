// How long the cleanup of expired rows holds its locks. Each of its statements is a transaction of its own,
// so no lock is held for longer than the longest statement takes.
import type { Environment } from '#config/config.ts';
import { withProductServices } from '#bench/product-services.ts';
import { administer } from '#test/support/services/databases.ts';
import { queryOnce } from './query-once.ts';

/** The primary keys of the tables that grow with every sign-in. */
const keys = { sessions: 'uid', grants: 'id', refresh_families: 'id' } as const;
/** More of them would only repeat the measurement. */
const mostExpired = 200_000;

/** No statement may hold its locks for longer. */
export const longestCleanupMs = 100;

export interface CleanupFigures {
  readonly rows: number;
  readonly seconds: number;
  /** Of all statements of the cleanup, by PostgreSQL's own measurement. */
  readonly longestMs: number;
  /** Which statement that was: the table whose rows it removes. */
  readonly longest: string;
}

/** Lets up to half of the rows expire, and removes them as the background job does. */
export async function measureCleanup(
  settings: Environment & { readonly DATABASE_URL: string },
  users: number,
): Promise<CleanupFigures> {
  const url = settings.DATABASE_URL;
  const expired = Math.min(Math.floor(users / 2), mostExpired);
  for (const [table, key] of Object.entries(keys)) {
    const chosen = `select ${key} from ${table} where expires_at > now() limit ${expired}`;
    const past = `now() - interval '2 days'`;
    await administer(url, `update ${table} set expires_at = ${past} where ${key} in (${chosen})`);
    await administer(url, `vacuum analyze ${table}`);
  }
  await queryOnce(url, 'select pg_stat_statements_reset()');
  const startedAt = performance.now();
  const rows = await withProductServices(settings, ({ cleanupJob }) => cleanupJob.run());
  const seconds = (performance.now() - startedAt) / 1000;
  const [slowest] = await queryOnce(
    url,
    `select max_exec_time as ms, substring(query from '(?:delete from|update) (\\w+)') as name
       from pg_stat_statements join pg_database d on d.oid = dbid
      where d.datname = current_database() and query ~ 'for update skip locked'
      order by 1 desc
      limit 1`,
  );
  return { rows, seconds, longestMs: Number(slowest?.['ms']), longest: String(slowest?.['name']) };
}
