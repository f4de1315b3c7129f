// The database as stores and services use it, for both kinds: Knex for infrequent statements, named
// statements for frequent ones, transactions, and the count of round trips.
import createKnex, { type Knex } from 'knex';
import { AppError } from '#platform/errors.ts';
import type { ConnectionPool } from './pool/connections.ts';
import type { Connection } from './pool/guarded-connection.ts';
import type { Database, Rows, Statement } from './contract.ts';
import { storeUnavailable } from './errors.ts';

interface Parts {
  readonly kind: Database['kind'];
  readonly pool: ConnectionPool;
  readonly listen?: Database['listen'];
  /** False behind a pooler: a name is known to one connection of the server only. */
  readonly namesStatements?: boolean;
  readonly migrate: (knex: Knex, environment: string | undefined) => Promise<void>;
  readonly copyFiles?: Database['copyFiles'];
  readonly close: () => Promise<void>;
}

// A standby or demoted primary also answers, but cannot serve sign-ins.
const probe: Statement = {
  name: 'ping',
  text: `select current_setting('transaction_read_only') = 'on' as read_only`,
};

export function createPooledDatabase(parts: Parts): Database {
  const { kind, pool, listen, namesStatements = true, migrate, copyFiles, close } = parts;
  const knex = createKnexOver(pool);
  let closing: Promise<void> | undefined;

  async function run<Row extends object>(
    { name, text, isUrgent }: Statement,
    values: readonly unknown[],
    tx: Knex = knex,
  ): Promise<Rows<Row>> {
    const inTransaction = isTransaction(tx);
    const connection = inTransaction ? await connectionOf(tx) : await pool.connect(isUrgent);
    try {
      const isNamed = namesStatements && name !== '';
      const query = isNamed ? { name, text, values } : { text, values: [...values] };
      return await send<Row>(connection, query);
    } finally {
      if (!inTransaction) connection.release();
    }
  }

  return {
    kind,
    knex,
    run,
    transaction: (work) => knex.transaction(work),
    statements: () => pool.sent(),
    connections: () => ({
      total: pool.totalCount,
      idle: pool.idleCount,
      max: pool.maxCount,
      waiting: pool.waitingCount,
    }),
    listen,
    migrate: (environment) => migrate(knex, environment),
    copyFiles,
    async ping() {
      if (pool.isDiskFull()) throw storeUnavailable(new Error('The disk of the database is full'));
      const { rows } = await run<{ read_only: boolean }>(probe, []);
      if (rows[0]?.read_only !== false)
        throw storeUnavailable(new Error('The database is read-only'));
    },
    close: () => (closing ??= close()),
  };
}

/** Knex on the connections of the pool, which its owner closes. */
export function createKnexOver(pool: ConnectionPool): Knex {
  const knex = createKnex({
    client: 'pg',
    connectionPool: pool,
    // Without a version Knex would query it first, only to rule out very old servers.
    version: '15',
    // The values of a failed statement include email addresses and hashes, so they must not appear
    // in messages.
    compileSqlOnError: false,
    // Everything that Knex warns about is also thrown, and logged where it is handled.
    log: { warn: ignore, error: ignore, debug: ignore, deprecate: ignore },
  });
  // Knex prepends the statement to the message of every error, which makes messages unreadable.
  knex.on('query-error', (error: unknown) => {
    if (error instanceof AppError) error.message = storeUnavailable(undefined).message;
  });
  return knex;
}

async function connectionOf(tx: Knex.Transaction): Promise<Connection> {
  // After its end the connection may already be in use by another caller.
  if (tx.isCompleted()) throw new Error('The transaction was used after its end.');
  // A Knex transaction returns the one connection it holds, which came from our pool.
  return (await tx.client.acquireConnection()) as Connection;
}

function isTransaction(tx: Knex): tx is Knex.Transaction {
  return tx.isTransaction === true;
}

function send<Row extends object>(
  connection: Connection,
  query: Parameters<Connection['query']>[0],
): Promise<Rows<Row>> {
  return new Promise((resolve, reject) => {
    connection.query(query, (error, result) => {
      if (error !== undefined || !result) return reject(error);
      // The author of the statement declares the shape of its rows.
      resolve({ rows: result.rows as Row[], rowCount: result.rowCount ?? 0 });
    });
  });
}

function ignore(): void {
  // Ignored; the reason is stated at each use.
}
