// What happens to the stored responses.
import { runStatement } from '#core/modules/removals.store.ts';
import { keep, type TableRules } from '#core/modules/table-rules.ts';

/** The row is kept, so that a late repetition does not create the account again. */
const forgetAnswer = runStatement(
  'update idempotent_requests set answer = null where user_id = $1 and answer is not null',
);

export const idempotencyTables: readonly TableRules[] = [
  {
    table: 'idempotent_requests',
    cleanup: [{ key: 'id' }],
    account: {
      personalData: keep('a copy of the part about the account, for a day'),
      onFirstEmailVerification: keep('only the client that created the account can read it'),
      onAccountCompromised: keep('only the client that created the account can read it'),
      onAccountDeleted: [forgetAnswer],
    },
  },
];
