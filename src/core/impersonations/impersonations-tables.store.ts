// What happens to the rows of impersonations.
import { exportList, formatTime } from '#core/modules/export-lists.store.ts';
import { keep, type TableRules } from '#core/modules/table-rules.ts';

/** The audit log has the same facts; the rows answer questions of the last weeks. */
const keptDays = 90;

const administration = keep('the acts of administrators stay, as in the audit log');

export const impersonationTables: readonly TableRules[] = [
  {
    table: 'impersonations',
    cleanup: [{ key: 'id', when: `ended_at < $1::timestamptz - interval '${keptDays} days'` }],
    account: {
      personalData: {
        // Neither the administrator nor the reason, which is for administrators.
        list: exportList({
          name: 'impersonations',
          from: 'impersonations e',
          at: 'e.started_at',
          id: 'e.id',
          idType: 'uuid',
          members: {
            started_at: formatTime('e.started_at'),
            ended_at: formatTime('e.ended_at'),
          },
        }),
      },
      onFirstEmailVerification: administration,
      onAccountCompromised: administration,
      onAccountDeleted: administration,
    },
  },
];
