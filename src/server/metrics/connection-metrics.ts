// Metrics of this process's database connections, and whether Redis responds.
import type { Database } from '#platform/database/postgres.ts';
import type { Metrics } from '#platform/metrics/metrics.ts';
import type { RedisConnection } from '#platform/redis/redis.ts';

export function collectConnections(
  metrics: Metrics,
  db: Pick<Database, 'connections'>,
  redis: Pick<RedisConnection, 'isAvailable'> | undefined,
): void {
  collectPool(metrics, db);
  if (redis) collectCircuit(metrics, redis);
}

function collectPool(metrics: Metrics, db: Pick<Database, 'connections'>): void {
  const connections = metrics.gauge({
    name: 'ostiary_database_connections',
    help: 'Connections of the pool, in use and idle.',
    labels: { state: ['in_use', 'idle'] },
  });
  const limit = metrics.gauge({
    name: 'ostiary_database_connections_max',
    help: 'The number of connections up to which the pool grows.',
    labels: {},
  });
  const waiting = metrics.gauge({
    name: 'ostiary_database_connection_requests_waiting',
    help: 'Requests that wait for a free connection.',
    labels: {},
  });
  metrics.collect({
    source: 'database_pool',
    gauges: [connections, limit, waiting],
    read: db.connections,
    set(facts) {
      connections.set({ state: 'in_use' }, facts.total - facts.idle);
      connections.set({ state: 'idle' }, facts.idle);
      limit.set({}, facts.max);
      waiting.set({}, facts.waiting);
    },
  });
}

function collectCircuit(metrics: Metrics, redis: Pick<RedisConnection, 'isAvailable'>): void {
  const isOpen = metrics.gauge({
    name: 'ostiary_redis_circuit_open',
    help: '1 while commands to Redis fail at once because it did not answer, else 0.',
    labels: {},
    across: 'max',
  });
  metrics.collect({
    source: 'redis_circuit',
    gauges: [isOpen],
    read: redis.isAvailable,
    set: (isAvailable) => isOpen.set({}, isAvailable ? 0 : 1),
  });
}
