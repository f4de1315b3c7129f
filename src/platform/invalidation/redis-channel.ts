// Changes on their way through Redis (PUBLISH): cheap however many there are, but only while Redis
// answers. In a Cluster the nodes pass them on to each other.
import type { RedisConnection } from '#platform/redis/redis.ts';
import type { ChangeChannel } from './invalidation-channel.ts';

export function createRedisChanges(redis: RedisConnection): ChangeChannel {
  const channel = `${redis.prefix}:changes`;
  return {
    async tell(text) {
      await redis.run((client) => client.publish(channel, text));
    },
    listen: (hearer) => redis.subscribe(channel, hearer),
  };
}
