// Opens the connections to shared data: PostgreSQL and Redis, or the embedded database and process memory
// instead.
import { version } from '#cli/version.ts';
import type { Config } from '#config/config.ts';
import { connectPostgres, type Database } from '#platform/database/postgres.ts';
import type { Log } from '#platform/logging/log.ts';
import { connectRedis, type RedisConnection } from '#platform/redis/redis.ts';
import type { InvalidationChannel } from '#platform/invalidation/invalidation-channel.ts';
import { createPostgresInvalidation } from '#platform/invalidation/postgres-channel.ts';
import { createRedisInvalidation } from '#platform/invalidation/redis-channel.ts';
import { createMemoryShortLived } from '#platform/short-lived/short-lived-memory.ts';
import { createPostgresShortLived } from '#platform/short-lived/short-lived-postgres.ts';
import {
  createRedisShortLived,
  shortLivedScripts,
} from '#platform/short-lived/short-lived-redis.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import type { Metrics } from '#platform/metrics/metrics.ts';
import type { Observation } from '#platform/observation/observation.ts';
import { createAccessTokenOverflow } from '#core/tokens/access-token-overflow.store.ts';
import { collectConnections } from './metrics/connection-metrics.ts';

export interface ConnectionOptions {
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Date;
  readonly metrics: Metrics;
  readonly observation: Observation;
}

export interface Connections {
  readonly db: Database;
  readonly shortLived: ShortLivedStore;
  /** Channels for cache invalidation between nodes; the first that works is used. */
  readonly channels: readonly InvalidationChannel[];
}

/**
 * Opens the connections and runs the migrations.
 * @throws AppError `conflict` when the database belongs to another environment
 */
export async function openMigrated(options: ConnectionOptions): Promise<Connections> {
  const connections = await openConnections(options);
  const { db, shortLived } = connections;
  try {
    await db.migrate(options.config.environmentName);
    return connections;
  } catch (error) {
    // Open connections would keep a process alive that cannot serve.
    await shortLived.close();
    await db.close();
    throw error;
  }
}

async function openConnections(options: ConnectionOptions): Promise<Connections> {
  const { config, log, metrics, observation } = options;
  const db = await openDatabase(options);
  const redis =
    config.redisUrl === undefined
      ? undefined
      : await connectRedis({
          url: config.redisUrl,
          log,
          scripts: shortLivedScripts,
          observation,
        });
  collectConnections(metrics, db, redis);
  return {
    db,
    shortLived: openShortLived(options, db, redis),
    channels: channelsOf(db, redis),
  };
}

function openShortLived(
  { config, now }: ConnectionOptions,
  db: Database,
  redis: RedisConnection | undefined,
): ShortLivedStore {
  if (redis) return createAccessTokenOverflow({ db, now, primary: createRedisShortLived(redis) });
  const isShared = config.shortLivedStore === 'postgres';
  return isShared ? createPostgresShortLived({ db, now }) : createMemoryShortLived({ now });
}

async function openDatabase({ config, log, observation }: ConnectionOptions): Promise<Database> {
  const { databaseUrl, dataDirectory, databasePoolSize, databasePooler } = config;
  if (databaseUrl !== undefined) {
    return connectPostgres({
      url: databaseUrl,
      migrationUrl: config.migrationDatabaseUrl,
      poolSize: databasePoolSize,
      isPooled: databasePooler === 'transaction',
      version,
      log,
      observation,
    });
  }
  // Loaded only when used, because the embedded database is large.
  const { openEmbedded } = await import('#platform/database/embedded-postgres.ts');
  return openEmbedded({ directory: dataDirectory, log, observation });
}

function channelsOf(
  db: Database,
  redis: RedisConnection | undefined,
): readonly InvalidationChannel[] {
  const channels = [redis && createRedisInvalidation(redis), createPostgresInvalidation(db)];
  return channels.filter((channel) => channel !== undefined);
}
