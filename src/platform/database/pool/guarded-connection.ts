// A connection for one caller: it counts every statement, translates its errors, and replaces a
// connection that the server had closed while it was idle.
import type { PoolClient, QueryResult } from 'pg';
import {
  breaksConnection,
  isAnnouncedEnd,
  isClosedConnection,
  isDiskFull,
  isUnsent,
  presentPostgresError,
  storeUnavailable,
} from '#platform/database/errors.ts';
import type { Rows } from '#platform/database/contract.ts';
import type { Observation } from '#platform/observation/observation.ts';
import type { BindCounter } from './binds.ts';
import type { Deadline } from './deadline.ts';
import { PreparedStatement, type NamedQuery } from './prepared-statement.ts';
import type { Timeouts } from './timeouts.ts';

interface UnnamedQuery {
  readonly text: string;
  readonly values?: unknown[];
  readonly name?: undefined;
}

type Query = NamedQuery | UnnamedQuery;

/** Knex, which names no statement, gets the whole result of pg. */
type Callback = (error: unknown, result?: QueryResult | Rows<object>) => void;

/** What Knex expects of a pg connection, and `run`. */
export interface Connection {
  query(query: Query, callback: Callback): void;
  release(): void;
}

/** The server may have closed several idle connections. */
const maxRepeats = 10;

export interface Guard {
  readonly count: () => void;
  readonly observation: Observation;
  readonly binds: BindCounter;
  readonly deadline: Deadline;
  readonly timeouts: Timeouts;
  /** When the caller started to wait for this connection. */
  readonly startedAt: number;
  /** Takes another connection from the pool. */
  readonly replace: () => Promise<PoolClient>;
  readonly released: () => void;
  /** The server had no room for a write. */
  readonly noteDiskFull: () => void;
}

export function createGuardedConnection(first: PoolClient, guard: Guard): Connection {
  const { binds, count, deadline, observation, timeouts } = guard;
  const waited = performance.now() - guard.startedAt;
  let client: PoolClient | undefined = first;
  let repeats = 0;
  let isUsed = false;
  let broken: unknown;

  function send(on: PoolClient, query: Query, callback: Callback): void {
    const isFirst = !isUsed;
    isUsed = true;
    const startedAt = performance.now();
    const bound = binds.count(on);
    const milliseconds = Math.max(1, deadline.left() - waited);
    const answer: Callback = (error, result) => {
      if (result) return callback(error, result);
      const mayRepeat = isFirst && repeats < maxRepeats;
      if (mayRepeat && isRepeatable(query, error, binds.count(on) !== bound))
        return void repeat(query, callback);
      callback(noteFailure(error, startedAt));
    };
    if (query.name === undefined) return submitUnnamed(on, query, milliseconds, answer);
    const dueAt = startedAt + milliseconds;
    on.query(new PreparedStatement({ query, timeouts, dueAt, callback: answer }));
  }

  function noteFailure(error: unknown, startedAt: number): unknown {
    const presented = presentPostgresError(error);
    if (isDiskFull(error)) guard.noteDiskFull();
    if (!breaksConnection(error)) return presented;
    deadline.lose(waited + performance.now() - startedAt);
    return (broken = presented);
  }

  async function repeat(query: Query, callback: Callback): Promise<void> {
    client?.release(true);
    client = undefined;
    repeats += 1;
    isUsed = false;
    try {
      client = await guard.replace();
    } catch (error) {
      broken = storeUnavailable(error);
      return callback(broken);
    }
    send(client, query, callback);
  }

  return {
    query(query, callback) {
      // On a server that stopped responding, the ROLLBACK would time out like the statement before
      // it.
      if (broken !== undefined || client === undefined) return callback(broken);
      count();
      const end = observation.begin({ kind: 'statement', name: nameOf(query) });
      if (!end) return send(client, query, callback);
      send(client, query, (error, result) => {
        end(error);
        callback(error, result);
      });
    },
    release() {
      client?.release(broken !== undefined);
      guard.released();
    },
  };
}

/** Texts that Knex writes have no names; those around a transaction are known. */
function nameOf({ name, text }: Query): string {
  if (name !== undefined) return name;
  if (text.startsWith('BEGIN')) return 'begin';
  if (text === 'COMMIT;') return 'commit';
  return text.startsWith('ROLLBACK') ? 'rollback' : 'unnamed';
}

/**
 * Whether the first statement on a connection that was idle can be sent again on another. The
 * server must be certain not to have executed it, unless it only begins a transaction, which ended
 * with the connection.
 */
function isRepeatable(query: Query, error: unknown, isBound: boolean): boolean {
  if (isUnsent(error)) return true;
  if (query.text.startsWith('BEGIN')) return isClosedConnection(error);
  return isExtended(query) && !isBound && isAnnouncedEnd(error);
}

/**
 * The server confirms that it has bound a statement of the extended protocol before it executes it.
 * The simple protocol is left to texts of several statements, and to those around transactions.
 */
function isExtended({ text, name, values = [] }: Query): boolean {
  return name !== undefined || values.length > 0 || !text.includes(';');
}

/** pg accepts a timeout per statement, and the protocol of one that has no values. */
function submitUnnamed(
  on: PoolClient,
  query: UnnamedQuery,
  milliseconds: number,
  callback: Callback,
): void {
  const queryMode = isExtended(query) ? 'extended' : undefined;
  const query_timeout = milliseconds === Infinity ? 0 : milliseconds;
  const config = { ...query, queryMode, query_timeout };
  on.query<object>(config, (error: unknown, result) => {
    if (error) callback(error);
    else callback(swallowedFailure(query, result), result);
  });
}

/**
 * PostgreSQL answers a COMMIT with ROLLBACK if a statement of the transaction failed and the caller
 * ignored the error. This must not be mistaken for success.
 */
function swallowedFailure({ text }: Query, { command }: QueryResult): Error | undefined {
  if (text !== 'COMMIT;' || command === 'COMMIT') return undefined;
  return new Error('The transaction was not committed: one of its statements had failed.');
}
