// What happens to the rows of signing keys.
import { doesNotExpire, noUserData, type TableRules } from '#core/modules/table-rules.ts';

export const keyTables: readonly TableRules[] = [
  { table: 'signing_keys', cleanup: doesNotExpire, account: noUserData },
];
