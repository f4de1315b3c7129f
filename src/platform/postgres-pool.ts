// One pool for Knex and for named statements: every statement is counted, has a deadline, and fails
// with an error that says what it means. Where the connections lead is decided by whoever makes the
// pool: postgres.ts or embedded-postgres.ts.
import type { Pool, PoolClient, QueryResult } from 'pg';
import { breaksConnection, presentPostgresError, storeUnavailable } from './postgres-errors.ts';

/** Milliseconds a statement may take on the way to the server and back; without: no limit. */
export interface Deadlines {
  /** Named statements and BEGIN, which touch a row or none. */
  readonly hot?: number;
  readonly other?: number;
}

interface Query {
  readonly text: string;
  readonly values?: unknown[];
  readonly name?: string;
  readonly query_timeout?: number;
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

export function createConnectionPool(pool: Pool, deadlines: Deadlines = {}): ConnectionPool {
  let sent = 0;
  const count = () => (sent += 1);
  // Without a listener, a connection that dies while it is in use would end the process. Whoever
  // uses it hears of it through the statement's own error.
  pool.on('connect', (client) => client.on('error', () => undefined));

  return {
    async connect() {
      try {
        return guardConnection(await pool.connect(), deadlines, count);
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

function guardConnection(client: PoolClient, deadlines: Deadlines, count: () => void): Connection {
  let broken: unknown;
  return {
    query(query, callback) {
      // A server that stopped answering would make the ROLLBACK wait as long as its statement did.
      if (broken !== undefined) return callback(broken);
      count();
      client.query<object>(withDeadline(query, deadlines), (error: unknown, result) => {
        if (!error) return callback(swallowedFailure(query, result), result);
        const presented = presentPostgresError(error);
        if (breaksConnection(error)) broken = presented;
        callback(presented);
      });
    },
    release: () => client.release(broken !== undefined),
  };
}

function withDeadline(query: Query, { hot, other }: Deadlines): Query {
  const query_timeout = query.name !== undefined || query.text === 'BEGIN;' ? hot : other;
  return query_timeout === undefined ? query : { ...query, query_timeout };
}

/**
 * PostgreSQL answers a COMMIT with ROLLBACK when a statement of the transaction had failed and the
 * caller went on all the same; nobody may take that for success.
 */
function swallowedFailure({ text }: Query, { command }: QueryResult): Error | undefined {
  if (text !== 'COMMIT;' || command === 'COMMIT') return undefined;
  return new Error('The transaction was not committed: one of its statements had failed.');
}
