// Connection to Redis: no command waits longer than answerWithinMs, commands fail immediately while
// the server is lost or hung, and every failure is store_unavailable. URLs are parsed in
// redis-url.ts, the circuit breaker is in redis-circuit.ts, and the stores give the commands their
// meaning.
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { AppError } from '#platform/errors.ts';
import type { Subscriber, Listening } from '#platform/subscription.ts';
import type { Log } from '#platform/logging/log.ts';
import { createCircuit } from './redis-circuit.ts';
import { openSubscription } from './redis-subscription.ts';
import { parseRedisUrl, type RedisTarget } from './redis-url.ts';

/** Milliseconds after which a command without an answer fails. It may still be executed. */
export const answerWithinMs = 200;
/** Milliseconds for the first connection, including the time in which Redis loads its data. */
export const connectWithinMs = 5_000;
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

export interface RedisConnection {
  /** Prefix of all key names. */
  readonly prefix: string;
  /** Runs one command; rejects with store_unavailable within answerWithinMs. */
  run<Answer>(command: (client: RedisClient) => Promise<Answer>): Promise<Answer>;
  /** Subscribes to a channel, on a connection of its own. */
  subscribe(channel: string, hearer: Subscriber): Listening;
  /**
   * Number of connections established so far. An increase may mean another server or different
   * data.
   */
  connections(): number;
  /** Number of round trips so far. Commands sent in the same turn share one (auto-pipelining). */
  commands(): number;
  close(): Promise<void>;
}

interface ConnectRedis {
  readonly url: string;
  readonly log: Log;
  readonly scripts?: RedisScripts;
}

/**
 * Connects, or throws an Error that should abort the start. Later losses are recovered
 * automatically.
 */
export async function connectRedis({
  url,
  log,
  scripts = {},
}: ConnectRedis): Promise<RedisConnection> {
  const target = parseRedisUrl(url);
  const client = createClient(target, scripts);
  const circuit = createCircuit({ log, probe: () => beforeDeadline(probe(client)) });
  let newestError: unknown;
  let connections = 0;
  let sent = 0;
  let isGathering = false;
  let isClosing = false;

  client.on('error', (error) => (newestError = error));
  const noteReady = () => (connections += 1);
  client.on('ready', noteReady);
  // The servers of a Cluster connect and disconnect individually.
  client.on('+node', (node: Redis) => node.on('ready', noteReady));
  try {
    await beforeDeadline(client.connect(), connectWithinMs);
  } catch (error) {
    client.disconnect();
    throw unusable(target, newestError ?? error);
  }
  client.on('close', () => isClosing || circuit.open(newestError ?? new Error('connection lost')));
  client.on('ready', () => circuit.close());
  await warnOfEviction(client, log);

  /** The client sends all commands of one turn of the event loop together. */
  function noteRoundTrip(): void {
    if (isGathering) return;
    isGathering = true;
    sent += 1;
    setImmediate(() => (isGathering = false));
  }

  return {
    prefix: target.prefix,
    connections: () => connections,
    commands: () => sent,

    async run(command) {
      if (circuit.isOpen()) throw unavailable(circuit.reason());
      noteRoundTrip();
      try {
        return await beforeDeadline(command(client));
      } catch (cause) {
        if (isRefusal(cause)) circuit.noteRefusal(cause);
        else if (!isClosing) circuit.open(cause);
        throw unavailable(cause);
      }
    },

    subscribe: (channel, hearer) => openSubscription(createClient(target, {}), channel, hearer),

    async close() {
      isClosing = true;
      circuit.stop();
      await beforeDeadline(client.quit()).catch(() => client.disconnect());
    },
  };
}

function createClient(target: RedisTarget, scripts: RedisScripts): RedisClient {
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

/**
 * A Cluster is considered reachable while any node answers: one hung shard must not block the
 * others.
 */
async function probe(client: RedisClient): Promise<unknown> {
  if (client instanceof Redis) return client.ping();
  return Promise.any(client.nodes('master').map((node) => node.ping()));
}

function reconnectDelay(attempt: number): number {
  const jitterMs = Math.random() * 50;
  return Math.min(25 * 2 ** Math.min(attempt, 8), slowestReconnectMs) + jitterMs;
}

/**
 * The library's deadline starts when a command is written, which auto-pipelining may delay until
 * the previous batch has timed out. This deadline starts with the call.
 */
async function beforeDeadline<Answer>(
  answer: Promise<Answer>,
  ms = answerWithinMs,
): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    // Timers run before sockets are read: after a stall of this process the answer may already have
    // arrived.
    timer = setTimeout(() => setImmediate(reject, new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([answer, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** With eviction enabled, a replay guard or a throttle can disappear before it expires. */
async function warnOfEviction(client: RedisClient, log: Log): Promise<void> {
  const facts = await client.info('memory').catch(() => '');
  const policy = /maxmemory_policy:(\S+)/.exec(facts)?.[1] ?? 'noeviction';
  const isLimited = /maxmemory:[1-9]/.test(facts);
  if (!isLimited || policy === 'noeviction') return;
  log.warn(
    { event: 'redis.evicting', setting: policy },
    'set maxmemory-policy noeviction in Redis',
  );
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

function unavailable(cause: unknown): AppError {
  const message = 'A part of this service is not answering. Please try again in a moment.';
  return new AppError('store_unavailable', message, { cause, retryAfterSeconds: 1 });
}

function unusable({ shownAs }: RedisTarget, error: unknown): Error {
  // The error of a Cluster only says that no node was usable; the last node's error states the
  // reason.
  const isOfCluster = error instanceof Error && 'lastNodeError' in error;
  const cause = isOfCluster ? (error.lastNodeError ?? error) : error;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`Redis at ${shownAs} cannot be used: ${reason}. Check REDIS_URL.`, { cause });
}
