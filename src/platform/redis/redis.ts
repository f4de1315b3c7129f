// Connection to Redis: no command waits longer than answerWithinMs, commands fail immediately while
// the server is lost or hung, and every failure is store_unavailable. URLs are parsed in
// redis-url.ts, clients are created in redis-client.ts, the circuit breaker is in redis-circuit.ts,
// and the stores give the commands their meaning.
import { Redis } from 'ioredis';
import { AppError } from '#platform/errors.ts';
import type { Subscriber, Listening } from '#platform/subscription.ts';
import type { Log } from '#platform/logging/log.ts';
import { createObservation, type Observation } from '#platform/observation/observation.ts';
import { createCircuit } from './redis-circuit.ts';
import { createDeadlines } from './redis-deadline.ts';
import {
  answerWithinMs,
  createClient,
  type RedisClient,
  type RedisScripts,
} from './redis-client.ts';
import { openSubscription } from './redis-subscription.ts';
import { parseRedisUrl, type RedisTarget } from './redis-url.ts';

/** Milliseconds for the first connection, including the time in which Redis loads its data. */
const connectWithinMs = 5_000;

const oneCommand = { kind: 'redis', name: 'command' } as const;

export interface RedisConnection {
  /** Prefix of all key names. */
  readonly prefix: string;
  /** Runs one command; rejects with store_unavailable within answerWithinMs. */
  run<Answer>(command: (client: RedisClient) => Promise<Answer>): Promise<Answer>;
  /** Subscribes to a channel, on a connection of its own. */
  subscribe(channel: string, subscriber: Subscriber): Listening;
  /**
   * Number of connections established so far. An increase may mean another server or different
   * data.
   */
  connections(): number;
  /** Number of round trips so far. Commands sent in the same turn share one (auto-pipelining). */
  commands(): number;
  /** False while commands fail at once, because the server did not answer. */
  readonly isAvailable: () => boolean;
  close(): Promise<void>;
}

interface ConnectRedis {
  readonly url: string;
  readonly log: Log;
  readonly scripts?: RedisScripts;
  readonly observation?: Observation;
}

/**
 * Connects, or throws an Error that should abort the start. Later losses are recovered
 * automatically.
 */
export async function connectRedis({
  url,
  log,
  scripts = {},
  observation = createObservation(),
}: ConnectRedis): Promise<RedisConnection> {
  const target = parseRedisUrl(url);
  const { client, connections, newestError } = await openClient(target, scripts);
  // The library's deadline starts when a command is written, which auto-pipelining may delay until the
  // previous batch has timed out. Ours start with the call.
  const deadlines = createDeadlines(answerWithinMs);
  const circuit = createCircuit({ log, probe: () => deadlines.before(probe(client)) });
  const roundTrips = createTurnCounter();
  let isClosing = false;

  client.on(
    'close',
    () => isClosing || circuit.open(newestError() ?? new Error('connection lost')),
  );
  client.on('ready', () => circuit.close());
  await warnOfEviction(client, log);

  return {
    prefix: target.prefix,
    connections,
    commands: roundTrips.count,
    isAvailable: () => !circuit.isOpen(),

    async run(command) {
      if (circuit.isOpen()) throw unavailable(circuit.reason());
      roundTrips.note();
      try {
        return await observation.run(oneCommand, () => deadlines.before(command(client)));
      } catch (cause) {
        if (isRefusal(cause)) circuit.noteRefusal(cause);
        else if (!isClosing) circuit.open(cause);
        throw unavailable(cause);
      }
    },

    subscribe: (channel, subscriber) =>
      openSubscription(createClient(target, {}), channel, subscriber),

    async close() {
      isClosing = true;
      circuit.stop();
      await deadlines.before(client.quit()).catch(() => client.disconnect());
    },
  };
}

/** Connects the client that runs commands, and follows its connections and errors. */
async function openClient(target: RedisTarget, scripts: RedisScripts) {
  const client = createClient(target, scripts);
  let newestError: unknown;
  let connections = 0;

  client.on('error', (error) => (newestError = error));
  const noteReady = () => (connections += 1);
  client.on('ready', noteReady);
  // The servers of a Cluster connect and disconnect individually.
  client.on('+node', (node: Redis) => node.on('ready', noteReady));
  try {
    await createDeadlines(connectWithinMs).before(client.connect());
  } catch (error) {
    client.disconnect();
    throw unusable(target, newestError ?? error);
  }
  return { client, connections: () => connections, newestError: () => newestError };
}

/** Counts round trips: the client sends all commands of one turn of the event loop together. */
function createTurnCounter() {
  let count = 0;
  let isGathering = false;

  return {
    count: () => count,
    note(): void {
      if (isGathering) return;
      isGathering = true;
      count += 1;
      setImmediate(() => (isGathering = false));
    },
  };
}

/**
 * A Cluster is considered reachable while any node answers: one hung shard must not block the
 * others.
 */
async function probe(client: RedisClient): Promise<unknown> {
  if (client instanceof Redis) return client.ping();
  return Promise.any(client.nodes('master').map((node) => node.ping()));
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
  const message = 'A part of this service is not responding. Please try again in a moment.';
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
