// Connection to a PostgreSQL server. The embedded database is opened in embedded-postgres.ts; the
// rest of this folder serves both.
import { Socket } from 'node:net';
import { Pool, type PoolConfig } from 'pg';
import { createConnectionPool } from './pool/connections.ts';
import type { Database } from './contract.ts';
import { openListener } from './listener.ts';
import { MessageSocket } from './pool/message-socket.ts';
import { createKnexOver, createPooledDatabase } from './pooled-database.ts';
import type { Observation } from '#platform/observation/observation.ts';
import type { Log } from '#platform/logging/log.ts';
import { runMigrations } from './schema/run-migrations.ts';

export type { Database, Rows, Statement } from './contract.ts';
export { isUniqueViolation } from './errors.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host/name`, or `postgres://user@/name?host=/directory` for a socket. */
  readonly url: string;
  readonly log: Log;
  /** Of a user that may change the schema, if `url` is of another; for migrations only. */
  readonly migrationUrl?: string | undefined;
  /** Maximum number of connections of this process; the reserve comes on top. */
  readonly poolSize?: number;
  readonly observation?: Observation;
  /** A pooler may use another connection for each transaction, so nothing may be kept in a session. */
  readonly isPooled?: boolean;
  /** Of this program. A part of the application name, by which `doctor` finds other versions. */
  readonly version?: string;
}

const oldestVersion = 15;
/** Additional connections for urgent statements (introspection). */
const reserveSize = 2;
/** A small pool has a smaller reserve. */
const reserveShare = 4;
/**
 * Deadline of an urgent statement. The wait for a connection comes on top, and a request has 3 s in
 * total.
 */
const urgentMilliseconds = 1500;
/** Statement timeout on the server. All statements of the application touch few rows. */
const statementMilliseconds = 2400;
/**
 * Deadline on the client side: a hung server does not enforce its timeout, and a request must be
 * answered within 3 seconds.
 */
const deadlineMilliseconds = 2600;

/** @throws AppError `store_unavailable` when the server cannot be reached */
export async function connectPostgres({
  url,
  migrationUrl = url,
  log,
  poolSize = 8,
  observation,
  isPooled = false,
  version,
}: PostgresOptions): Promise<Database> {
  const reserve = Math.min(reserveSize, Math.ceil(poolSize / reserveShare));
  const parameters = {
    ...(isPooled ? {} : sessionParameters),
    ...(version !== undefined && { application_name: applicationNameOf(version) }),
  };
  const pool = createConnectionPool({
    pool: openPool(url, poolSize, parameters),
    reserve: openPool(url, reserve, parameters),
    milliseconds: { pool: deadlineMilliseconds, reserve: urgentMilliseconds },
    log,
    observation,
  });
  const db = createPooledDatabase({
    kind: 'postgres',
    pool,
    namesStatements: !isPooled,
    // A pooler does not deliver notifications.
    listen: isPooled
      ? undefined
      : (channel, subscriber) => openListener({ url, log, channel, subscriber }),
    migrate: (_knex, environment) => migrateApart({ url: migrationUrl, log }, environment),
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

/** Parameters of the connection. Behind a pooler they are set for the database user instead. */
const sessionParameters: PoolConfig = {
  // Compiling a plan takes longer than any statement of a request, and is repeated each time.
  options: '-c jit=off',
  statement_timeout: statementMilliseconds,
  lock_timeout: 2000,
  idle_in_transaction_session_timeout: 10_000,
};

const applicationName = 'ostiary';

/** What pg_stat_activity shows of the connections of a server. */
export function applicationNameOf(version: string): string {
  return `${applicationName} ${version}`;
}

function openPool(url: string, poolSize: number, limits: PoolConfig = {}): Pool {
  return new Pool({
    connectionString: url,
    // TLS reads and writes on its own.
    stream: ({ ssl }: PoolConfig = {}) => (ssl ? new Socket() : new MessageSocket()),
    max: poolSize,
    // Connections are opened on demand and then kept, because a new one costs more than its
    // statements.
    min: poolSize,
    // A request may wait twice, and must be answered within 3 s.
    connectionTimeoutMillis: 1200,
    keepAlive: true,
    application_name: applicationName,
    ...limits,
  });
}

/**
 * Uses a separate connection without deadlines, because waiting for another process may take
 * minutes.
 */
async function migrateApart(
  { url, log }: PostgresOptions,
  environment: string | undefined,
): Promise<void> {
  const pool = createConnectionPool({ pool: openPool(url, 1), log });
  try {
    await runMigrations({ knex: createKnexOver(pool), log, environment });
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
    throw new Error(
      `PostgreSQL ${oldestVersion} or newer is required; the server runs ${version}.`,
    );
  }
}
