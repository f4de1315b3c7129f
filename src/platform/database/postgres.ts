// The way to a PostgreSQL server. The embedded kind is opened in embedded-postgres.ts; what both have
// in common is in database/; tables are changed in migrations.ts.
import { Pool, type PoolConfig } from 'pg';
import { createConnectionPool } from './connections.ts';
import type { Database } from './contract.ts';
import { openListener } from './listener.ts';
import { createKnexOver, createPooledDatabase } from './pooled-database.ts';
import type { Log } from '#platform/logging/log.ts';
import { migrateToLatest } from './migrations.ts';

export type { Database, Rows, Statement } from './contract.ts';
export { isUniqueViolation } from './errors.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host/name`, or `postgres://user@/name?host=/directory` for a socket. */
  readonly url: string;
  readonly log: Log;
  /** Connections of this process, at most; the reserve comes on top. */
  readonly poolSize?: number;
}

const oldestVersion = 15;
/** Connections for what is urgent (introspection), beside those for everything. */
const reserveSize = 2;
/** What an urgent statement may take; a request may wait for a connection beside, and has 3 s in all. */
const urgentMilliseconds = 1500;
/** What a statement may take before the server ends it. All of ours touch few rows. */
const statementMilliseconds = 2400;
/** A server that hangs ends nothing; a request must be answered within three seconds all the same. */
const deadlineMilliseconds = 2600;

/** @throws AppError `store_unavailable` when there is no way to the server now. */
export async function connectPostgres({
  url,
  log,
  poolSize = 8,
}: PostgresOptions): Promise<Database> {
  const deadline = { query_timeout: deadlineMilliseconds };
  const pool = createConnectionPool({
    pool: openPool(url, poolSize, deadline),
    reserve: openPool(url, reserveSize, { query_timeout: urgentMilliseconds }),
    log,
  });
  const db = createPooledDatabase({
    kind: 'postgres',
    pool,
    listen: (channel, hearer) => openListener({ url, log, channel, hearer }),
    migrate: () => migrateApart({ url, log }),
    close: () => pool.end(),
  });
  try {
    await checkVersion(db);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return db;
}

function openPool(url: string, poolSize: number, deadline: PoolConfig = {}): Pool {
  return new Pool({
    connectionString: url,
    max: poolSize,
    // Opened when first needed and then kept: a new one costs more than all its statements.
    min: poolSize,
    // A request may wait twice, and must be answered within 3 s.
    connectionTimeoutMillis: 1200,
    keepAlive: true,
    application_name: 'ostiary',
    statement_timeout: statementMilliseconds,
    lock_timeout: 2000,
    idle_in_transaction_session_timeout: 10_000,
    ...deadline,
  });
}

/** On a connection of its own without deadlines: waiting for another process may take minutes. */
async function migrateApart({ url, log }: PostgresOptions): Promise<void> {
  const pool = createConnectionPool({ pool: openPool(url, 1), log });
  try {
    await migrateToLatest(createKnexOver(pool), log);
  } finally {
    await pool.end();
  }
}

async function checkVersion(db: Database): Promise<void> {
  const { rows } = await db.run<{ version: number }>(
    {
      name: 'server_version',
      text: `select current_setting('server_version_num')::integer / 10000 as version`,
    },
    [],
  );
  const version = rows[0]?.version ?? 0;
  if (version < oldestVersion) {
    throw new Error(`PostgreSQL ${oldestVersion} or newer is needed; the server is ${version}.`);
  }
}
