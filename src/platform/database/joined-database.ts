// A database whose every statement runs in one open transaction, so that services which open their
// own transactions can take part in a larger one.
import type { Knex } from 'knex';
import type { Database } from './contract.ts';

/**
 * What fails in the transaction must end it: a service that continued after its own transaction was
 * rolled back would find its changes here.
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
