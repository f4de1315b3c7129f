// What happens to the rows of webhooks and of their attempts.
import { doesNotExpire, noUserData, type TableRules } from '#core/modules/table-rules.ts';

const attemptDays = 30;

export const webhookTables: readonly TableRules[] = [
  { table: 'webhooks', cleanup: doesNotExpire, account: noUserData },
  {
    table: 'webhook_attempts',
    cleanup: [{ key: 'id', when: `at < $1::timestamptz - interval '${attemptDays} days'` }],
    account: noUserData,
  },
];
