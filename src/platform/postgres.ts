// The database: its shape for everybody, and the way to a PostgreSQL server. The embedded kind is made
// in embedded-postgres.ts, errors are read in postgres-errors.ts, tables change in migrations.ts.
import type { Knex } from 'knex';
import { Pool } from 'pg';
import type { Log } from './log.ts';
import { migrateToLatest } from './migrations.ts';
import { createKnexOver, createPooledDatabase } from './pooled-database.ts';
import { createConnectionPool } from './postgres-pool.ts';

export { isUniqueViolation } from './postgres-errors.ts';

/** A hot statement; each connection parses and plans it once, under its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export interface Rows<Row> {
  readonly rows: Row[];
  readonly rowCount: number;
}

export interface Database {
  readonly kind: 'postgres' | 'embedded';
  readonly knex: Knex;
  /** Runs a named statement, inside `tx` when given. Values are for $1, $2, ... */
  run<Row extends object>(
    statement: Statement,
    values: readonly unknown[],
    tx?: Knex,
  ): Promise<Rows<Row>>;
  /** Commits when the work is done, rolls back when it throws. */
  transaction<T>(work: (tx: Knex.Transaction) => Promise<T>): Promise<T>;
  /** Round trips to the database so far, BEGIN and COMMIT included. */
  statements(): number;
  /** Brings the tables to the newest form; processes that start together wait for each other. */
  migrate(): Promise<void>;
  /** @throws AppError `store_unavailable` unless the database answers and can be written to. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface PostgresOptions {
  /** `postgres://user:password@host/name`, or `postgres://user@/name?host=/directory` for a socket. */
  readonly url: string;
  readonly log: Log;
  /** Connections of this process, at most. */
  readonly poolSize?: number;
}

const oldestVersion = 15;
const statementSeconds = 5;
/** A server that hangs ends no statement: that is for us to do, and sooner where the work is small. */
const deadlines = { hot: 2500, other: statementSeconds * 1000 + 500 };

/** @throws AppError `store_unavailable` when there is no way to the server now. */
export async function connectPostgres({
  url,
  log,
  poolSize = 10,
}: PostgresOptions): Promise<Database> {
  const pool = createConnectionPool(openPool({ url, log, poolSize }), deadlines);
  const db = createPooledDatabase({
    kind: 'postgres',
    pool,
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

function openPool({ url, log, poolSize = 1 }: PostgresOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    // Opened when first needed and then kept: a new one costs more than all its statements.
    min: poolSize,
    connectionTimeoutMillis: 2000,
    keepAlive: true,
    application_name: 'ostiary',
    statement_timeout: statementSeconds * 1000,
    lock_timeout: 4000,
    idle_in_transaction_session_timeout: 10_000,
  });
  pool.on('error', (err) => {
    log.warn({ event: 'database.connection_lost', err }, 'an idle database connection was lost');
  });
  return pool;
}

/** On a connection of its own without deadlines: waiting for another process may take minutes. */
async function migrateApart({ url, log }: PostgresOptions): Promise<void> {
  const pool = createConnectionPool(openPool({ url, log }));
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
