// What happens to the jobs in the outbox.
import { keep, type TableRules } from '#core/modules/table-rules.ts';
import { exportList, formatTime } from '#core/modules/export-lists.store.ts';
import { outboxContext } from './outbox.store.ts';

const sentDays = 7;
const deadLetterDays = 90;
/** Mail that could not be sent for this long is outdated and is given up. */
const waitingMailDays = 7;

const daysAgo = (days: number): string => `$1::timestamptz - interval '${days} days'`;
const stillDue = keep('sent mail, and messages that are still due to clients');

export const outboxTables: readonly TableRules[] = [
  {
    table: 'outbox',
    cleanup: [
      { name: 'sent', key: 'id', when: `sent_at < ${daysAgo(sentDays)}`, by: 'sent_at' },
      { name: 'dead', key: 'id', when: `dead_at < ${daysAgo(deadLetterDays)}` },
      {
        name: 'waiting',
        key: 'id',
        when: `kind = 'mail' and sent_at is null and dead_at is null
          and created_at < ${daysAgo(waitingMailDays)}`,
        set: `dead_at = $1, last_error = 'not sent in time'`,
      },
    ],
    account: {
      personalData: {
        list: exportList({
          name: 'mail',
          from: 'outbox e',
          at: 'e.created_at',
          id: 'e.id',
          idType: 'uuid',
          where: `e.kind = 'mail'`,
          members: {
            written_at: formatTime('e.created_at'),
            sent_at: formatTime('e.sent_at'),
            given_up_at: formatTime('e.dead_at'),
          },
        }),
      },
      onFirstEmailVerification: stillDue,
      onAccountCompromised: stillDue,
      onAccountDeleted: stillDue,
    },
    sealed: [{ column: 'sealed', key: ['id'], context: ([id = '']) => outboxContext(id) }],
  },
];
