// The ways to what a node shares with others: PostgreSQL and Redis, or what stands in for them.
import type { Config } from '#config/config.ts';
import { connectPostgres, type Database } from '#platform/database/postgres.ts';
import type { Log } from '#platform/logging/log.ts';
import { connectRedis, type RedisConnection } from '#platform/redis/redis.ts';
import type { ChangeChannel } from '#platform/invalidation/invalidation-channel.ts';
import { createPostgresChanges } from '#platform/invalidation/postgres-channel.ts';
import { createRedisChanges } from '#platform/invalidation/redis-channel.ts';
import { createMemoryShortLived } from '#platform/short-lived/short-lived-memory.ts';
import {
  createRedisShortLived,
  shortLivedScripts,
} from '#platform/short-lived/short-lived-redis.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import { createAccessTokenOverflow } from '#core/tokens/access-token-overflow.store.ts';

export interface ConnectionOptions {
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Date;
}

export interface Connections {
  readonly db: Database;
  readonly shortLived: ShortLivedStore;
  /** How nodes tell each other what has changed; the first that works is taken. */
  readonly channels: readonly ChangeChannel[];
}

export async function openConnections(options: ConnectionOptions): Promise<Connections> {
  const { config, log, now } = options;
  const db = await openDatabase(options);
  const redis =
    config.redisUrl === undefined
      ? undefined
      : await connectRedis({ url: config.redisUrl, log, scripts: shortLivedScripts });
  return {
    db,
    shortLived: redis
      ? createAccessTokenOverflow({ db, now, primary: createRedisShortLived(redis) })
      : createMemoryShortLived({ now }),
    channels: channelsOf(db, redis),
  };
}

async function openDatabase({ config, log }: ConnectionOptions): Promise<Database> {
  const { databaseUrl, dataDirectory } = config;
  if (databaseUrl !== undefined) return connectPostgres({ url: databaseUrl, log });
  // A database inside this process is large: it is loaded only where it is used.
  const { openEmbedded } = await import('#platform/database/embedded-postgres.ts');
  return openEmbedded({ directory: dataDirectory, log });
}

function channelsOf(db: Database, redis: RedisConnection | undefined): readonly ChangeChannel[] {
  const channels = [redis && createRedisChanges(redis), createPostgresChanges(db)];
  return channels.filter((channel) => channel !== undefined);
}
