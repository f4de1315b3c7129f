// What happens to the rows of status lists.
import { keep, type TableRules } from '#core/modules/table-rules.ts';

const derived = keep('a token counts as revoked with its grant; the row expires with the token');

export const tokenStatusTables: readonly TableRules[] = [
  {
    table: 'token_statuses',
    cleanup: [{ key: 'jti_hash' }],
    account: {
      personalData: keep('ids of a token that is valid for minutes; the export has its grant'),
      onFirstEmailVerification: derived,
      onAccountCompromised: derived,
      onAccountDeleted: derived,
    },
  },
];
