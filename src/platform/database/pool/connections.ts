// One pool for Knex and for named statements. It counts every statement and translates its errors.
// The target and the deadlines are set by postgres.ts or embedded-postgres.ts.
import type { Pool } from 'pg';
import type { Log } from '#platform/logging/log.ts';
import { storeUnavailable } from '#platform/database/errors.ts';
import { createObservation, type Observation } from '#platform/observation/observation.ts';
import { findDeadline } from './deadline.ts';
import { createBindCounter } from './binds.ts';
import { createEviction, evictClosed } from './eviction.ts';
import { createGuardedConnection, type Connection } from './guarded-connection.ts';
import { createTimeouts } from './timeouts.ts';

/** Below this remaining time, sending another statement is pointless. */
const minMilliseconds = 50;

const acquire = { kind: 'database_connection', name: 'acquire' } as const;

/** What Knex expects of a pg pool. */
export interface ConnectionPool {
  connect(isUrgent?: boolean): Promise<Connection>;
  end(): Promise<void>;
  /** Number of statements sent, including those in transactions. */
  sent(): number;
  /** True for a while after the server had no room for a write. */
  isDiskFull(): boolean;
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  /** Up to which `totalCount` grows. */
  readonly maxCount: number;
}

/** Only a write shows that there is room again, and a node that is not ready gets none. */
const diskFullMilliseconds = 5000;

export interface ConnectionPoolOptions {
  readonly pool: Pool;
  /** Connections for urgent statements only, so that a burst of sign-ins does not block them. */
  readonly reserve?: Pool;
  /** The total time that one request waits for a pool; infinite by default. */
  readonly milliseconds?: { readonly pool: number; readonly reserve: number };
  readonly log: Log;
  readonly observation?: Observation | undefined;
}

export function createConnectionPool(options: ConnectionPoolOptions): ConnectionPool {
  const { pool, reserve, log, observation = createObservation() } = options;
  let sent = 0;
  let diskFullAt = -Infinity;
  const count = () => (sent += 1);
  const allowances = options.milliseconds ?? { pool: Infinity, reserve: Infinity };
  const binds = createBindCounter();
  const timeouts = createTimeouts();
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
      binds.watch(client);
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
      const deadline = findDeadline(allowances[chosen === pool ? 'pool' : 'reserve']);
      if (deadline.left() < minMilliseconds) throw storeUnavailable(undefined);
      const startedAt = performance.now();
      try {
        const client = await observation.run(acquire, () => chosen.connect());
        const replace = () => evictClosed().then(() => chosen.connect());
        const released = () => evictions.get(chosen)?.noteUse();
        return createGuardedConnection(client, {
          count,
          observation,
          binds,
          deadline,
          timeouts,
          startedAt,
          replace,
          released,
          noteDiskFull: () => (diskFullAt = performance.now()),
        });
      } catch (error) {
        deadline.lose(performance.now() - startedAt);
        throw storeUnavailable(error);
      }
    },
    async end() {
      await Promise.all(pools.map((each) => each.end()));
    },
    sent: () => sent,
    isDiskFull: () => performance.now() - diskFullAt < diskFullMilliseconds,
    get totalCount() {
      return pool.totalCount;
    },
    get idleCount() {
      return pool.idleCount;
    },
    get waitingCount() {
      return pool.waitingCount;
    },
    maxCount: pool.options.max,
  };
}

function isFullyOpen({ totalCount, options }: Pool): boolean {
  return totalCount >= options.max;
}
