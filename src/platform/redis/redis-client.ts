// Creates the clients of the library for a server, Sentinel or Cluster, with their time limits and
// reconnection. They are not connected yet.
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisTarget } from './redis-url.ts';

/**
 * Milliseconds after which a command without an answer fails, counted while the event loop is free
 * (redis-deadline.ts). It may still be executed.
 */
export const answerWithinMs = 200;
/**
 * Milliseconds without a byte from a server that owes an answer, after which the socket is
 * replaced.
 */
const silentSocketMs = 1_000;
/** Milliseconds of silence before TCP keepalive checks the peer. */
const keepAliveMs = 10_000;
const slowestReconnectMs = 500;

export type RedisClient = Redis | Cluster;

/** Lua scripts by the name of the method that each defines on the client. */
export type RedisScripts = Readonly<Record<string, { lua: string; numberOfKeys: number }>>;

/** @returns a client that connects with `connect()` */
export function createClient(target: RedisTarget, scripts: RedisScripts): RedisClient {
  const options = {
    connectionName: 'ostiary',
    // The library's deadline is longer than ours and only cleans up. It also applies to the
    // library's initial commands, and a slow server is still worth connecting to.
    commandTimeout: silentSocketMs,
    maxLoadingRetryTime: slowestReconnectMs,
    connectTimeout: silentSocketMs,
    disconnectTimeout: answerWithinMs,
    keepAlive: keepAliveMs,
    socketTimeout: silentSocketMs,
    // A command that failed here must not be executed later, after its caller saw the failure.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // After a failover the old address may lead to a replica, so the primary is looked up again.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  } satisfies RedisOptions;
  const shared = { enableAutoPipelining: true, enableOfflineQueue: false, lazyConnect: true };

  if (target.kind === 'cluster') {
    return new Cluster([...target.nodes], {
      ...shared,
      scripts: { ...scripts },
      slotsRefreshTimeout: silentSocketMs,
      clusterRetryStrategy: reconnectDelay,
      clusterNodeRetryStrategy: reconnectDelay,
      redisOptions: { ...options, ...target.options },
    });
  }
  return new Redis({
    ...shared,
    ...options,
    ...target.options,
    scripts: { ...scripts },
    retryStrategy: reconnectDelay,
    sentinelCommandTimeout: silentSocketMs,
  });
}

function reconnectDelay(attempt: number): number {
  const jitterMs = Math.random() * 50;
  return Math.min(25 * 2 ** Math.min(attempt, 8), slowestReconnectMs) + jitterMs;
}
