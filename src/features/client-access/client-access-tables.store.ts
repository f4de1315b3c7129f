// What happens to the rules for who may sign in to a client.
import { doesNotExpire, noUserData, type TableRules } from '#core/modules/table-rules.ts';

export const clientAccessTables: readonly TableRules[] = [
  { table: 'client_access_rules', cleanup: doesNotExpire, account: noUserData },
];
