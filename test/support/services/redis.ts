// Redis for tests: the URL of the instance of the test run and a proxy that can stall or break its
// connections. test/run.ts starts and stops Redis.
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Redis } from 'ioredis';
import type { Log } from '#platform/logging/log.ts';
import { connectRedis } from '#platform/redis/redis.ts';
import { parseRedisUrl, type RedisTarget } from '#platform/redis/redis-url.ts';
import {
  createRedisShortLived,
  shortLivedScripts,
} from '#platform/short-lived/short-lived-redis.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

/**
 * The URL of the Redis of the test run, or undefined if there is none. The key prefix is unique per
 * process, so that test files do not interfere; a suffix separates the tests of one file as well.
 */
export function testRedisUrl(suffix = ''): string | undefined {
  const url = process.env['TEST_REDIS_URL'];
  if (!url) return undefined;
  return `${url}${url.includes('?') ? '&' : '?'}prefix=test-${process.pid}${suffix}`;
}

/** Test options that skip tests that require Redis if it is not available. */
export function requireRedis(): { readonly skip: string | false } {
  return { skip: testRedisUrl() ? false : 'TEST_REDIS_URL is not set' };
}

/** A client to inspect keys, closed after the test, and the key prefix. */
export function openInspector(t: TestContext, url: string) {
  const target = readServer(url);
  const client = new Redis(target.options);
  t.after(() => client.disconnect());
  return { client, prefix: target.prefix };
}

/** Starts a proxy in front of Redis; the returned `url` uses the proxy and the same prefix. */
export async function startRedisProxy(t: TestContext, url: string) {
  const { options, prefix } = readServer(url);
  const folder = await mkdtemp(join(tmpdir(), 'redis-proxy-'));
  const socketPath = join(folder, 'proxy.sock');
  const sockets = new Set<Socket>();
  let state: 'open' | 'frozen' | 'cut' = 'open';

  const server = createServer((near) => {
    if (state === 'cut') return void near.destroy();
    const far = options.path
      ? connect(options.path)
      : connect(options.port ?? 6379, options.host ?? '127.0.0.1');
    relay(near, far);
    return undefined;
  });

  function relay(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => to.write(bytes));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      if (state === 'frozen') from.pause();
    }
  }

  await new Promise<void>((resolve) => void server.listen(socketPath, resolve));
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  return {
    url: `unix://${socketPath}?prefix=${prefix}`,
    /** Accepts connections and data but forwards nothing. */
    freeze(): void {
      state = 'frozen';
      for (const socket of sockets) socket.pause();
    },
    /** Breaks all connections and refuses new ones. */
    cut(): void {
      state = 'cut';
      for (const socket of sockets) socket.destroy();
    },
    heal(): void {
      state = 'open';
      for (const socket of sockets) socket.resume();
    },
  };
}

function readServer(url: string): Extract<RedisTarget, { kind: 'server' }> {
  const target = parseRedisUrl(url);
  if (target.kind !== 'server') throw new Error('TEST_REDIS_URL must name a single server');
  return target;
}

/** Connects and opens the short-lived store as the application does. */
export async function openRedisStore(options: { url: string; log: Log }): Promise<ShortLivedStore> {
  return createRedisShortLived(await connectRedis({ ...options, scripts: shortLivedScripts }));
}
