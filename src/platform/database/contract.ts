// What stores and services may ask of a database, whichever kind it is.
import type { Knex } from 'knex';
import type { Hearer, Listening } from '#platform/subscription.ts';

/** A hot statement; each connection parses and plans it once, under its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  /** Goes ahead of the others while all connections are taken: what somebody else's requests wait for. */
  readonly isUrgent?: boolean;
}

export interface Rows<Row> {
  readonly rows: Row[];
  readonly rowCount: number;
}

export interface Database {
  readonly kind: 'postgres' | 'embedded';
  readonly knex: Knex;
  /** Runs a named statement, inside `tx` when given. Values are for $1, $2, ... */
  run<Row extends object>(
    statement: Statement,
    values: readonly unknown[],
    tx?: Knex,
  ): Promise<Rows<Row>>;
  /** Commits when the work is done, rolls back when it throws. */
  transaction<T>(work: (tx: Knex.Transaction) => Promise<T>): Promise<T>;
  /** Round trips to the database so far, BEGIN and COMMIT included. */
  statements(): number;
  /** Hears what is notified on that channel; `undefined` where only this process could notify. */
  readonly listen: ((channel: string, hearer: Hearer) => Listening) | undefined;
  /** Brings the tables to the newest form; processes that start together wait for each other. */
  migrate(): Promise<void>;
  /** @throws AppError `store_unavailable` unless the database answers and can be written to. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
