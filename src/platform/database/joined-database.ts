// A database whose every statement runs in one open transaction, so that services which open their
// own transactions can take part in a larger one.
import type { Knex } from 'knex';
import type { Database } from './contract.ts';

/**
 * A failure in the transaction must end it: a service that continued after a failure of its own
 * transaction would still find its changes, because nothing is rolled back until the end.
 */
export function joinTransaction(db: Database, tx: Knex.Transaction): Database {
  // One connection runs one statement at a time, and services may start several.
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...db,
    knex: tx,
    run(statement, values, inner = tx) {
      const running = last.then(() => db.run<never>(statement, values, inner));
      last = running.catch(() => undefined);
      return running;
    },
    transaction: (work) => work(tx),
  };
}
