// Invalidation messages through Redis (PUBLISH). They scale well, but need Redis to be reachable.
// The nodes of a Redis Cluster forward them to each other.
import type { RedisConnection } from '#platform/redis/redis.ts';
import type { InvalidationChannel } from './invalidation-channel.ts';

export function createRedisInvalidation(redis: RedisConnection): InvalidationChannel {
  const channel = `${redis.prefix}:changes`;
  return {
    async tell(text) {
      await redis.run((client) => client.publish(channel, text));
    },
    listen: (subscriber) => redis.subscribe(channel, subscriber),
  };
}
