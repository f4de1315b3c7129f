// What happens to the rows of webhooks and of their attempts.
import { doesNotExpire, noUserData, type TableRules } from '#core/modules/table-rules.ts';
import { webhookContext } from './webhooks.ts';

const attemptDays = 30;

export const webhookTables: readonly TableRules[] = [
  {
    table: 'webhooks',
    cleanup: doesNotExpire,
    account: noUserData,
    sealed: ['secret', 'previous_secret'].map((column) => ({
      column,
      key: ['id'],
      context: ([id = '']) => webhookContext(id),
    })),
  },
  {
    table: 'webhook_attempts',
    cleanup: [
      { key: 'id', when: `at < $1::timestamptz - interval '${attemptDays} days'`, by: 'at' },
    ],
    account: noUserData,
  },
];
