// One pool for Knex and for named statements. It counts every statement and translates its errors.
// The target and the deadlines are set by postgres.ts or embedded-postgres.ts.
import { setImmediate } from 'node:timers/promises';
import type { Pool, PoolClient, QueryResult } from 'pg';
import type { Log } from '#platform/logging/log.ts';
import {
  breaksConnection,
  isAnnouncedEnd,
  isClosedConnection,
  isUnsent,
  presentPostgresError,
  storeUnavailable,
} from '#platform/database/errors.ts';
import { findDeadline, type Deadline } from './deadline.ts';
import { countBinds, watchBinds } from './binds.ts';

interface Query {
  readonly text: string;
  readonly values?: unknown[];
  readonly name?: string;
}

/** Below this remaining time, sending another statement is pointless. */
const minMilliseconds = 50;

/** A pool that was used within this time has noticed by itself which connections were closed. */
const freshMilliseconds = 100;

type Callback = (error: unknown, result?: QueryResult) => void;

/** What Knex expects of a pg connection, and `run`. */
export interface Connection {
  query(query: Query, callback: Callback): void;
  release(): void;
}

/** What Knex expects of a pg pool. */
export interface ConnectionPool {
  connect(isUrgent?: boolean): Promise<Connection>;
  end(): Promise<void>;
  /** Number of statements sent, including those in transactions. */
  sent(): number;
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

export interface ConnectionPoolOptions {
  /** Its `query_timeout`, if set, bounds the total time that one request waits. */
  readonly pool: Pool;
  /** Connections for urgent statements only, so that a burst of sign-ins does not block them. */
  readonly reserve?: Pool;
  readonly log: Log;
}

export function createConnectionPool(options: ConnectionPoolOptions): ConnectionPool {
  const { pool, reserve, log } = options;
  let sent = 0;
  const count = () => (sent += 1);
  const pools = reserve ? [pool, reserve] : [pool];
  const evictions = new Map(pools.map((each) => [each, createEviction()]));
  for (const each of pools) {
    each.on('error', (err) => {
      log.warn({ event: 'database.connection_lost', err }, 'an idle database connection was lost');
    });
    // Without a listener, the loss of a connection in use would terminate the process. The
    // statement that uses the connection fails with the error anyway.
    each.on('connect', (client) => {
      client.on('error', () => undefined);
      watchBinds(client);
    });
  }

  /** The reserve is tried first, so that its connections are open when they are needed. */
  function poolFor(isUrgent: boolean): Pool {
    if (!isUrgent || !reserve) return pool;
    const isFree = reserve.idleCount > 0 || !isFullyOpen(reserve);
    return isFree || pool.idleCount === 0 ? reserve : pool;
  }

  return {
    async connect(isUrgent = false) {
      const eviction = evictions.get(poolFor(isUrgent));
      await eviction?.evictUnlessFresh();
      const chosen = poolFor(isUrgent);
      const deadline = findDeadline(chosen.options.query_timeout ?? Infinity);
      if (deadline.left() < minMilliseconds) throw storeUnavailable(undefined);
      const startedAt = performance.now();
      try {
        const client = await chosen.connect();
        const replace = () => evictClosed().then(() => chosen.connect());
        const released = () => evictions.get(chosen)?.noteUse();
        return guardConnection(client, { count, deadline, startedAt, replace, released });
      } catch (error) {
        deadline.lose(performance.now() - startedAt);
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

/**
 * Lets the event loop read from every socket, whereupon the pools drop the idle connections that
 * the server closed. The first turn ends the current poll of the sockets, the second contains a
 * whole one.
 */
async function evictClosed(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

/**
 * Evicts unless the pool was used a moment ago: it hands out the connection that was released last,
 * and under load a wait for the event loop would delay every statement. Simultaneous callers share
 * the wait.
 */
function createEviction() {
  let usedAt = performance.now();
  let pending: Promise<void> | undefined;

  async function evict(): Promise<void> {
    await evictClosed();
    usedAt = performance.now();
    pending = undefined;
  }

  return {
    noteUse(): void {
      usedAt = performance.now();
    },
    async evictUnlessFresh(): Promise<void> {
      if (performance.now() - usedAt > freshMilliseconds) await (pending ??= evict());
    },
  };
}

function isFullyOpen({ totalCount, options }: Pool): boolean {
  return totalCount >= options.max;
}

interface Guard {
  readonly count: () => void;
  readonly deadline: Deadline;
  /** When the caller started to wait for this connection. */
  readonly startedAt: number;
  /** Takes another connection from the pool. */
  readonly replace: () => Promise<PoolClient>;
  readonly released: () => void;
}

function guardConnection(first: PoolClient, guard: Guard): Connection {
  const { count, deadline } = guard;
  const waited = performance.now() - guard.startedAt;
  let client: PoolClient | undefined = first;
  let isUsed = false;
  let broken: unknown;

  function send(on: PoolClient, query: Query, callback: Callback): void {
    const isFirst = !isUsed;
    isUsed = true;
    const startedAt = performance.now();
    const binds = countBinds(on);
    on.query<object>(bounded(query, deadline.left() - waited), (error: unknown, result) => {
      if (!error) return callback(swallowedFailure(query, result), result);
      const isBound = countBinds(on) !== binds;
      if (isFirst && isRepeatable(query, error, isBound)) return void repeat(query, callback);
      const presented = presentPostgresError(error);
      if (breaksConnection(error)) {
        broken = presented;
        deadline.lose(waited + performance.now() - startedAt);
      }
      callback(presented);
    });
  }

  async function repeat(query: Query, callback: Callback): Promise<void> {
    client?.release(true);
    client = undefined;
    try {
      client = await guard.replace();
    } catch (error) {
      broken = storeUnavailable(error);
      return callback(broken);
    }
    send(client, query, callback);
  }

  return {
    query(query, callback) {
      // On a server that stopped responding, the ROLLBACK would time out like the statement before
      // it.
      if (broken !== undefined || client === undefined) return callback(broken);
      count();
      send(client, query, callback);
    },
    release() {
      client?.release(broken !== undefined);
      guard.released();
    },
  };
}

/**
 * Whether the first statement on a connection that was idle can be sent again on another. The
 * server must be certain not to have executed it, unless it only begins a transaction, which ended
 * with the connection.
 */
function isRepeatable(query: Query, error: unknown, isBound: boolean): boolean {
  if (isUnsent(error)) return true;
  if (query.text.startsWith('BEGIN')) return isClosedConnection(error);
  return isExtended(query) && !isBound && isAnnouncedEnd(error);
}

/** The server confirms that it has bound a statement of the extended protocol before it executes it. */
function isExtended({ name, values = [] }: Query): boolean {
  return name !== undefined || values.length > 0;
}

/** pg accepts a timeout per statement; 0 means no limit. */
function bounded(query: Query, milliseconds: number): Query & { query_timeout?: number } {
  if (milliseconds === Infinity) return query;
  return { ...query, query_timeout: Math.max(1, milliseconds) };
}

/**
 * PostgreSQL answers a COMMIT with ROLLBACK if a statement of the transaction failed and the caller
 * ignored the error. This must not be mistaken for success.
 */
function swallowedFailure({ text }: Query, { command }: QueryResult): Error | undefined {
  if (text !== 'COMMIT;' || command === 'COMMIT') return undefined;
  return new Error('The transaction was not committed: one of its statements had failed.');
}
