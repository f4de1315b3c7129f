// Runs work that must not happen if a transaction is rolled back, such as counting what it did.
import type { Knex } from 'knex';

/** The work must not throw. */
export function afterCommit(tx: Knex.Transaction, work: () => void): void {
  // The caller of the transaction handles its rejection.
  tx.executionPromise.then(work, () => undefined);
}
