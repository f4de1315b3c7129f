// What happens to the copies of logos.
import { noUserData, type TableRules } from '#core/modules/table-rules.ts';

/** A logo that is in use is claimed again before; one that no client or provider names ages. */
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
