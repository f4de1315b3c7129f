// Short-lived entries in Redis, shared by all nodes. Each method is one command on one key, which
// makes it atomic and usable on a Cluster. Redis must not evict entries (maxmemory-policy
// noeviction). Deadlines, reconnection and counting are in platform/redis/redis.ts.
import type { Result } from 'ioredis';
import type { RedisConnection } from '#platform/redis/redis.ts';
import { readLossMark } from '#platform/redis/redis-loss.ts';
import {
  consumedAt,
  consumedStart,
  decodeEntry,
  encodeEntry,
  entryName,
  readTtlMs,
  type KeySpace,
  type ShortLivedStore,
} from './short-lived.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    consumeEntry(key: string, at: string): Result<number, Context>;
    countEntry(key: string, ttlMs: number): Result<number, Context>;
  }
}

/** Lua scripts that the connection must be created with. */
export const shortLivedScripts = {
  consumeEntry: {
    numberOfKeys: 1,
    lua: `
      local text = redis.call('get', KEYS[1])
      local start = '${consumedStart}'
      if not text or string.sub(text, 1, #start) == start then return 0 end
      local comma = text == '{}' and '' or ','
      redis.call('set', KEYS[1], start .. ARGV[1] .. comma .. string.sub(text, 2), 'keepttl')
      return 1`,
  },
  countEntry: {
    numberOfKeys: 1,
    lua: `
      local text = redis.call('get', KEYS[1])
      local sum = 1 + (text and tonumber(string.match(text, '^{"count":(%d+)}$')) or 0)
      local entry = '{"count":' .. string.format('%d', sum) .. '}'
      if text then
        redis.call('set', KEYS[1], entry, 'keepttl')
      else
        redis.call('set', KEYS[1], entry, 'px', ARGV[1])
      end
      return sum`,
  },
};

/** @param redis created with `shortLivedScripts`; it is closed with the store */
export function createRedisShortLived(redis: RedisConnection): ShortLivedStore {
  const nameOf = (space: KeySpace, key: string) => `${redis.prefix}:${entryName(space, key)}`;

  const store: ShortLivedStore = {
    kind: 'redis',

    async put(space, key, value, ttlSeconds) {
      const ttlMs = readTtlMs(ttlSeconds);
      if (ttlMs <= 0) return store.remove(space, key);
      const text = encodeEntry(value);
      await redis.run((client) => client.set(nameOf(space, key), text, 'PX', ttlMs));
    },

    async get(space, key) {
      const text = await redis.run((client) => client.get(nameOf(space, key)));
      return text === null ? undefined : decodeEntry(text);
    },

    async remove(space, key) {
      await redis.run((client) => client.del(nameOf(space, key)));
    },

    async claim(space, key, ttlSeconds) {
      const ttlMs = readTtlMs(ttlSeconds);
      if (ttlMs <= 0) return false;
      const name = nameOf(space, key);
      return (await redis.run((client) => client.set(name, '{}', 'PX', ttlMs, 'NX'))) === 'OK';
    },

    async consume(space, key, at) {
      const name = nameOf(space, key);
      return (await redis.run((client) => client.consumeEntry(name, consumedAt(at)))) === 1;
    },

    async count(space, key, ttlSeconds) {
      const ttlMs = Math.max(1, readTtlMs(ttlSeconds));
      return redis.run((client) => client.countEntry(nameOf(space, key), ttlMs));
    },

    lossMark: () => redis.run(readLossMark),
    connections: () => redis.connections(),

    async ping() {
      await redis.run((client) => client.ping());
    },

    commands: () => redis.commands(),
    close: () => redis.close(),
  };
  return store;
}
