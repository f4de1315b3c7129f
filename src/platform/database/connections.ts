// One pool for Knex and for named statements: every statement is counted, has a deadline, and fails
// with an error that says what it means. Where the connections lead is decided by whoever makes the
// pool: postgres.ts or embedded-postgres.ts.
import type { Pool, PoolClient, QueryResult } from 'pg';
import type { Log } from '#platform/logging/log.ts';
import { breaksConnection, presentPostgresError, storeUnavailable } from './errors.ts';

interface Query {
  readonly text: string;
  readonly values?: unknown[];
  readonly name?: string;
}

type Callback = (error: unknown, result?: QueryResult) => void;

/** What Knex takes for a connection of pg, and `run` as well. */
export interface Connection {
  query(query: Query, callback: Callback): void;
  release(): void;
}

/** What Knex takes for a pool of pg. */
export interface ConnectionPool {
  connect(): Promise<Connection>;
  end(): Promise<void>;
  /** Statements sent so far, those of transactions included. */
  sent(): number;
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

export interface ConnectionPoolOptions {
  readonly pool: Pool;
  readonly log: Log;
  /** What a statement may take, the way to the server and back included; without: any time. */
  readonly deadlineMilliseconds?: number;
}

export function createConnectionPool(options: ConnectionPoolOptions): ConnectionPool {
  const { pool, log, deadlineMilliseconds } = options;
  let sent = 0;
  const count = () => (sent += 1);
  pool.on('error', (err) => {
    log.warn({ event: 'database.connection_lost', err }, 'an idle database connection was lost');
  });
  // Without a listener, a connection that dies while it is in use would end the process. Whoever
  // uses it hears of it through the statement's own error.
  pool.on('connect', (client) => client.on('error', () => undefined));

  return {
    async connect() {
      try {
        return guardConnection(await pool.connect(), deadlineMilliseconds, count);
      } catch (error) {
        throw storeUnavailable(error);
      }
    },
    end: () => pool.end(),
    sent: () => sent,
    get totalCount() {
      return pool.totalCount;
    },
    get idleCount() {
      return pool.idleCount;
    },
    get waitingCount() {
      return pool.waitingCount;
    },
  };
}

function guardConnection(
  client: PoolClient,
  deadlineMilliseconds: number | undefined,
  count: () => void,
): Connection {
  let broken: unknown;
  return {
    query(query, callback) {
      // A server that stopped answering would make the ROLLBACK wait as long as its statement did.
      if (broken !== undefined) return callback(broken);
      count();
      const timed = deadlineMilliseconds
        ? { ...query, query_timeout: deadlineMilliseconds }
        : query;
      client.query<object>(timed, (error: unknown, result) => {
        if (!error) return callback(swallowedFailure(query, result), result);
        const presented = presentPostgresError(error);
        if (breaksConnection(error)) broken = presented;
        callback(presented);
      });
    },
    release: () => client.release(broken !== undefined),
  };
}

/**
 * PostgreSQL answers a COMMIT with ROLLBACK when a statement of the transaction had failed and the
 * caller went on all the same; nobody may take that for success.
 */
function swallowedFailure({ text }: Query, { command }: QueryResult): Error | undefined {
  if (text !== 'COMMIT;' || command === 'COMMIT') return undefined;
  return new Error('The transaction was not committed: one of its statements had failed.');
}
