// Checks Redis: whether it is reachable, evicts no data and persists it.
import type { Config } from '#config/config.ts';
import type { Log } from '#platform/logging/log.ts';
import { connectRedis, type RedisConnection } from '#platform/redis/redis.ts';
import { parseRedisUrl } from '#platform/redis/redis-url.ts';
import { describeFailure } from '#cli/framework/failures.ts';
import { inspectSafely, type Finding } from './findings.ts';

const oldestMajor = 7;

export async function inspectRedis({ redisUrl: url }: Config, log: Log): Promise<Finding[]> {
  const check = 'redis';
  if (url === undefined) {
    const message = 'REDIS_URL is unset: short-lived data is kept in the memory of one process.';
    return [{ check, state: 'ok', message }];
  }
  try {
    const redis = await connectRedis({ url, log });
    try {
      const place = parseRedisUrl(url).shownAs;
      const answers = await inspectSafely(check, () => inspectVersion(redis, place));
      const eviction = await inspectSafely('redis memory', () => inspectEviction(redis));
      return [
        answers,
        eviction,
        await inspectSafely('redis persistence', () => inspectDisk(redis)),
      ];
    } finally {
      await redis.close();
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : describeFailure(error).message;
    return [
      {
        check,
        state: 'fail',
        message,
        next: 'Check that Redis is running and accepts this connection.',
      },
    ];
  }
}

async function inspectVersion(redis: RedisConnection, place: string): Promise<Finding> {
  const facts = await redis.run((client) => client.info('server'));
  const name = factOf(facts, 'valkey_version') === undefined ? 'Redis' : 'Valkey';
  const version = factOf(facts, 'valkey_version') ?? factOf(facts, 'redis_version') ?? '0';
  const shown = `${name} ${version} (${place})`;
  if (Number.parseInt(version, 10) >= oldestMajor) {
    return { check: 'redis', state: 'ok', message: `${shown} is reachable.` };
  }
  const next = `Use Redis ${oldestMajor} or newer, or Valkey.`;
  return {
    check: 'redis',
    state: 'warn',
    message: `${shown} is older than the tested versions.`,
    next,
  };
}

async function inspectEviction(redis: RedisConnection): Promise<Finding> {
  const check = 'redis memory';
  const facts = await redis.run((client) => client.info('memory'));
  const policy = factOf(facts, 'maxmemory_policy') ?? 'noeviction';
  if (policy === 'noeviction') {
    return { check, state: 'ok', message: 'Nothing is evicted (maxmemory-policy noeviction).' };
  }
  const isLimited = Number(factOf(facts, 'maxmemory') ?? 0) > 0;
  return {
    check,
    state: isLimited ? 'fail' : 'warn',
    message: `Entries may be evicted (maxmemory-policy ${policy}), including replay protection.`,
    next: 'Set maxmemory-policy noeviction.',
  };
}

/** If the configuration cannot be read, the state of the append-only file decides. */
async function inspectDisk(redis: RedisConnection): Promise<Finding> {
  const check = 'redis persistence';
  const facts = await redis.run((client) => client.info('persistence'));
  const appends = factOf(facts, 'aof_enabled') === '1';
  const points = appends ? undefined : await redis.run(readSavePoints).catch(() => undefined);
  if (appends || points) {
    const way = appends ? 'append-only file' : `snapshots: ${points}`;
    return { check, state: 'ok', message: `Data survives a restart (${way}).` };
  }
  return {
    check,
    state: 'warn',
    message: 'A restart loses opaque access tokens and sign-ins in progress.',
    next: 'Enable persistence, for example with appendonly yes.',
  };
}

async function readSavePoints(client: Parameters<Parameters<RedisConnection['run']>[0]>[0]) {
  const answer: unknown = await client.config('GET', 'save');
  return Array.isArray(answer) ? String(answer[1] ?? '') : '';
}

function factOf(facts: string, name: string): string | undefined {
  return new RegExp(`^${name}:(\\S+)`, 'm').exec(facts)?.[1];
}
