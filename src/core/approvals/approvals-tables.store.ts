// What happens to the rows of approvals.
import { keep, type TableRules } from '#core/modules/table-rules.ts';

const keptDays = 90;

const administration = keep(
  'a record of administration with ids only, like the audit log; it expires',
);

export const approvalTables: readonly TableRules[] = [
  {
    table: 'approvals',
    cleanup: [
      {
        key: 'id',
        when: `state <> 'pending' and decided_at < $1::timestamptz - interval '${keptDays} days'`,
      },
    ],
    account: {
      personalData: administration,
      onFirstEmailVerification: administration,
      onAccountCompromised: administration,
      onAccountDeleted: administration,
    },
  },
];
