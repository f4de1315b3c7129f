// What happens to the copies of logos.
import { noUserData, type TableRules } from '#core/modules/table-rules.ts';

/** A logo in use is fetched again before this time; one that no client or provider names any more expires. */
const unusedDays = 30;

export const logoTables: readonly TableRules[] = [
  {
    table: 'logos',
    cleanup: [
      { key: 'key', when: `next_fetch_at < $1::timestamptz - interval '${unusedDays} days'` },
    ],
    account: noUserData,
  },
];
