// A database whose every statement runs in one open transaction, so that services which open their
// own transactions can take part in a larger one.
import type { Knex } from 'knex';
import type { Database } from './contract.ts';

/**
 * What fails in the transaction must end it: a service that continued after its own transaction was
 * rolled back would find its changes here.
 */
export function joinTransaction(db: Database, tx: Knex.Transaction): Database {
  return {
    ...db,
    knex: tx,
    run: (statement, values, inner = tx) => db.run(statement, values, inner),
    transaction: (work) => work(tx),
  };
}
