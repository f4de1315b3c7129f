// Counts the cost of requests: round trips to PostgreSQL and Redis, durable commits, signatures.
// They are counted in the client libraries, so that no code path can bypass the counters.
import crypto from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { syncBuiltinESMExports } from 'node:module';
import { Client } from 'pg';
import { describeQuery, observe } from '#bench/observe.ts';

export interface Counts {
  /** Statements, including BEGIN and COMMIT; each is one round trip. */
  readonly postgres: number;
  /** Transactions that wrote data: each waits for the disk. */
  readonly commits: number;
  /** Round trips: commands issued in one turn of the event loop are sent together. */
  readonly redis: number;
  /** Signatures created through WebCrypto, as jose does, or by `sign` of node:crypto. */
  readonly signatures: number;
}

export interface Results extends Counts {
  /**
   * What was sent, in order: names of statements (or their first characters) and Redis commands.
   */
  readonly sent: readonly string[];
}

export interface Counters {
  /** Returns what was counted since the last call. */
  take(): Results;
  stop(): void;
}

type Add = (kind: keyof Counts | undefined, sent?: string) => void;

export function startCounting(): Counters {
  let counts = { postgres: 0, commits: 0, redis: 0, signatures: 0 };
  let sent: string[] = [];
  const add: Add = (kind, what) => {
    if (kind !== undefined) counts[kind] += 1;
    if (what !== undefined) sent.push(what);
  };
  const stops = [countStatements(add), countCommands(add), countSignatures(add)];
  return {
    take() {
      const tally = { ...counts, sent };
      counts = { postgres: 0, commits: 0, redis: 0, signatures: 0 };
      sent = [];
      return tally;
    },
    stop: () => stops.forEach((stop) => stop()),
  };
}

const begins = /^\s*begin\b/i;
const ends = /^\s*(?:commit|rollback(?!\s+to))\b/i;
const writes = /\b(?:insert\s+into|update|delete\s+from|merge\s+into|truncate)\b/i;

function countStatements(add: Add): () => void {
  /** Connections inside a transaction, and whether it has written data. */
  const open = new WeakMap<object, boolean>();

  function follow(connection: object, text: string): void {
    if (begins.test(text)) return void open.set(connection, false);
    if (ends.test(text)) {
      if (open.get(connection) && /commit/i.test(text)) add('commits');
      return void open.delete(connection);
    }
    if (!writes.test(text)) return;
    if (open.has(connection)) open.set(connection, true);
    else add('commits');
  }

  return observe(Client.prototype, 'query', (connection, [query]) => {
    const { name, text } = describeQuery(query);
    add('postgres', name ?? text.trim().slice(0, 60));
    follow(connection, text);
  });
}

const redisChannel = 'tracing:ioredis:command:start';

function countCommands(add: Add): () => void {
  let isGathering = false;
  const count = (message: unknown) => {
    const isNamed = typeof message === 'object' && message !== null && 'command' in message;
    const name = isNamed ? String(message.command) : '';
    add(isGathering ? undefined : 'redis', `redis ${name}${isGathering ? ' (together)' : ''}`);
    if (isGathering) return;
    isGathering = true;
    setImmediate(() => (isGathering = false));
  };
  subscribe(redisChannel, count);
  return () => unsubscribe(redisChannel, count);
}

function countSignatures(add: Add): () => void {
  const stops = [
    observe(SubtleCrypto.prototype, 'sign', () => add('signatures')),
    observe(crypto, 'sign', () => add('signatures')),
  ];
  syncBuiltinESMExports(); // for `import { sign } from 'node:crypto'`
  return () => {
    for (const stop of stops) stop();
    syncBuiltinESMExports();
  };
}
