// One pool for Knex and for named statements: every statement is counted, and fails with an error
// that says what it means. Where the connections lead and how long a statement may take is decided by
// whoever makes the pool: postgres.ts or embedded-postgres.ts.
import type { Pool, PoolClient, QueryResult } from 'pg';
import type { Log } from '#platform/logging/log.ts';
import { breaksConnection, presentPostgresError, storeUnavailable } from './errors.ts';
import { findPatience, type Patience } from './deadline.ts';

interface Query {
  readonly text: string;
  readonly values?: unknown[];
  readonly name?: string;
}

/** With less than that left, asking again is not worth it. */
const leastMilliseconds = 50;

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
  /** Its `query_timeout`, when given, bounds what one request waits in all. */
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
      const chosen = poolFor(isUrgent);
      const patience = findPatience(chosen.options.query_timeout ?? Infinity);
      if (patience.left() < leastMilliseconds) throw storeUnavailable(undefined);
      const startedAt = performance.now();
      try {
        const client = await chosen.connect();
        return guardConnection(client, { count, patience, startedAt });
      } catch (error) {
        patience.lose(performance.now() - startedAt);
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

interface Guard {
  readonly count: () => void;
  readonly patience: Patience;
  /** When somebody began to wait for this connection. */
  readonly startedAt: number;
}

function guardConnection(client: PoolClient, guard: Guard): Connection {
  const { count, patience } = guard;
  const waited = performance.now() - guard.startedAt;
  let broken: unknown;
  return {
    query(query, callback) {
      // A server that stopped answering would make the ROLLBACK wait as long as its statement did.
      if (broken !== undefined) return callback(broken);
      count();
      const startedAt = performance.now();
      client.query<object>(bounded(query, patience.left() - waited), (error: unknown, result) => {
        if (!error) return callback(swallowedFailure(query, result), result);
        const presented = presentPostgresError(error);
        if (breaksConnection(error)) {
          broken = presented;
          patience.lose(waited + performance.now() - startedAt);
        }
        callback(presented);
      });
    },
    release: () => client.release(broken !== undefined),
  };
}

/** pg takes the time a statement may wait for its answer with the statement, and 0 for "no limit". */
function bounded(query: Query, milliseconds: number): Query & { query_timeout?: number } {
  if (milliseconds === Infinity) return query;
  return { ...query, query_timeout: Math.max(1, milliseconds) };
}

/**
 * PostgreSQL answers a COMMIT with ROLLBACK when a statement of the transaction had failed and the
 * caller went on all the same; nobody may take that for success.
 */
function swallowedFailure({ text }: Query, { command }: QueryResult): Error | undefined {
  if (text !== 'COMMIT;' || command === 'COMMIT') return undefined;
  return new Error('The transaction was not committed: one of its statements had failed.');
}
