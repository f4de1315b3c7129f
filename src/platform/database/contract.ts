// Interface of a database for stores and services, the same for a server and for the embedded
// database.
import type { Knex } from 'knex';
import type { Subscriber, Listening } from '#platform/subscription.ts';

/** A frequent statement. Each connection parses and plans it once, under its name. */
export interface Statement {
  /** PostgreSQL prepares it once for each connection; empty for a statement that rarely runs. */
  readonly name: string;
  readonly text: string;
  /**
   * Takes precedence while all connections are in use, because requests of other services wait for
   * it.
   */
  readonly isUrgent?: boolean;
}

export interface ConnectionUsage {
  readonly total: number;
  readonly idle: number;
  readonly max: number;
  /** Callers that wait for a connection. */
  readonly waiting: number;
}

export interface Rows<Row> {
  readonly rows: Row[];
  readonly rowCount: number;
}

export interface Database {
  readonly kind: 'postgres' | 'embedded';
  readonly knex: Knex;
  /** Runs a named statement, inside `tx` if given. The values are bound to $1, $2, ... */
  run<Row extends object>(
    statement: Statement,
    values: readonly unknown[],
    tx?: Knex,
  ): Promise<Rows<Row>>;
  /** Commits when `work` resolves and rolls back when it throws. */
  transaction<T>(work: (tx: Knex.Transaction) => Promise<T>): Promise<T>;
  /** Number of round trips to the database, including BEGIN and COMMIT. */
  statements(): number;
  /** The connections of this process. */
  readonly connections: () => ConnectionUsage;
  /**
   * Subscribes to a notification channel; `undefined` for a database that only this process uses.
   */
  readonly listen: ((channel: string, subscriber: Subscriber) => Listening) | undefined;
  /**
   * Applies all pending migrations. Processes that start at the same time wait for each other.
   * @param environment of this process; the database must belong to it
   * @throws AppError `conflict`
   */
  migrate(environment?: string): Promise<void>;
  /**
   * The files of the embedded database at one moment, as a tar archive; `undefined` for a server.
   */
  readonly copyFiles: (() => Promise<Blob>) | undefined;
  /** @throws AppError `store_unavailable` unless the database answers and accepts writes */
  ping(): Promise<void>;
  close(): Promise<void>;
}
