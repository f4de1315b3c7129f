// One pool for Knex and for named statements: every statement is counted, and fails with an error
// that says what it means. Where the connections lead and how long a statement may take is decided by
// whoever makes the pool: postgres.ts or embedded-postgres.ts.
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
  connect(isUrgent?: boolean): Promise<Connection>;
  end(): Promise<void>;
  /** Statements sent so far, those of transactions included. */
  sent(): number;
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

export interface ConnectionPoolOptions {
  readonly pool: Pool;
  /** For urgent statements alone: a storm of sign-ins leaves them a way. */
  readonly reserve?: Pool;
  readonly log: Log;
}

export function createConnectionPool(options: ConnectionPoolOptions): ConnectionPool {
  const { pool, reserve, log } = options;
  let sent = 0;
  const count = () => (sent += 1);
  const pools = reserve ? [pool, reserve] : [pool];
  for (const each of pools) {
    each.on('error', (err) => {
      log.warn({ event: 'database.connection_lost', err }, 'an idle database connection was lost');
    });
    // Without a listener, a connection that dies while it is in use would end the process. Whoever
    // uses it hears of it through the statement's own error.
    each.on('connect', (client) => client.on('error', () => undefined));
  }

  /** The reserve first, so that its connections are there when they are needed. */
  function poolFor(isUrgent: boolean): Pool {
    if (!isUrgent || !reserve) return pool;
    const isFree = reserve.idleCount > 0 || !isFullyOpen(reserve);
    return isFree || pool.idleCount === 0 ? reserve : pool;
  }

  return {
    async connect(isUrgent = false) {
      try {
        return guardConnection(await poolFor(isUrgent).connect(), count);
      } catch (error) {
        throw storeUnavailable(error);
      }
    },
    async end() {
      await Promise.all(pools.map((each) => each.end()));
    },
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

function isFullyOpen({ totalCount, options }: Pool): boolean {
  return totalCount >= options.max;
}

function guardConnection(client: PoolClient, count: () => void): Connection {
  let broken: unknown;
  return {
    query(query, callback) {
      // A server that stopped answering would make the ROLLBACK wait as long as its statement did.
      if (broken !== undefined) return callback(broken);
      count();
      client.query<object>(query, (error: unknown, result) => {
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
