// The database as stores and services use it, the same for both kinds: Knex for what is rare, named
// statements for what is hot, transactions, and the count of round trips.
import createKnex, { type Knex } from 'knex';
import type { QueryResult } from 'pg';
import { AppError } from '#platform/errors.ts';
import type { Connection, ConnectionPool } from './connections.ts';
import type { Database, Rows, Statement } from './contract.ts';
import { storeUnavailable } from './errors.ts';

interface Parts {
  readonly kind: Database['kind'];
  readonly pool: ConnectionPool;
  readonly listen?: Database['listen'];
  readonly migrate: (knex: Knex) => Promise<void>;
  readonly close: () => Promise<void>;
}

// A standby and a demoted primary answer, too, but nobody can sign in with their help.
const probe: Statement = {
  name: 'ping',
  text: `select current_setting('transaction_read_only') = 'on' as read_only`,
};

export function createPooledDatabase({ kind, pool, listen, migrate, close }: Parts): Database {
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
      const { rows, rowCount } = await send<Row>(connection, { name, text, values: [...values] });
      return { rows, rowCount: rowCount ?? 0 };
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
    listen,
    migrate: () => migrate(knex),
    async ping() {
      const { rows } = await run<{ read_only: boolean }>(probe, []);
      if (rows[0]?.read_only !== false) throw storeUnavailable(new Error('It is read-only.'));
    },
    close: () => (closing ??= close()),
  };
}

/** Knex on connections of that pool; whoever made the pool ends it. */
export function createKnexOver(pool: ConnectionPool): Knex {
  const knex = createKnex({
    client: 'pg',
    connectionPool: pool,
    // Without a version Knex would ask for it first; all it wants to know is: no ancient one.
    version: '15',
    // Values of a failed statement are addresses and hashes; they belong in no message.
    compileSqlOnError: false,
    // Whatever Knex warns of also rises as an error, which is logged where it is handled.
    log: { warn: ignore, error: ignore, debug: ignore, deprecate: ignore },
  });
  // Knex writes the statement into the message of every error. Ours are meant for people.
  knex.on('query-error', (error: unknown) => {
    if (error instanceof AppError) error.message = storeUnavailable(undefined).message;
  });
  return knex;
}

async function connectionOf(tx: Knex.Transaction): Promise<Connection> {
  // By then the connection may belong to somebody else.
  if (tx.isCompleted()) throw new Error('The transaction was used after its end.');
  // A transaction of Knex hands out the one connection it holds, which came from our pool.
  return (await tx.client.acquireConnection()) as Connection;
}

function isTransaction(tx: Knex): tx is Knex.Transaction {
  return tx.isTransaction === true;
}

function send<Row extends object>(
  connection: Connection,
  query: Parameters<Connection['query']>[0],
): Promise<QueryResult<Row>> {
  return new Promise((resolve, reject) => {
    connection.query(query, (error, result) => {
      // pg calls back with one of the two; what a row holds is known to whoever wrote the statement.
      if (error === undefined) resolve(result as QueryResult<Row>);
      else reject(error);
    });
  });
}

function ignore(): void {
  // Nothing to do: see the reason where it is used.
}
