// What happens to the rows of status lists.
import { keep, type TableRules } from '#core/modules/table-rules.ts';

/** The clock of an API may be slow, and a list without the row would call the token valid. */
const afterTolerance = `expires_at < $1::timestamptz - interval '5 minutes'`;

const derived = keep('a token counts as revoked with its grant; the row expires with the token');

export const tokenStatusTables: readonly TableRules[] = [
  {
    table: 'token_statuses',
    cleanup: [{ key: 'jti_hash', when: afterTolerance, by: 'expires_at' }],
    account: {
      personalData: keep('ids of a token that is valid for minutes; the export has its grant'),
      onFirstEmailVerification: derived,
      onAccountCompromised: derived,
      onAccountDeleted: derived,
    },
  },
];
