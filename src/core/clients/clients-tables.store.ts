// What happens to the rows of clients and of the APIs that they call.
import { doesNotExpire, noUserData, type TableRules } from '#core/modules/table-rules.ts';

export const clientTables: readonly TableRules[] = [
  { table: 'clients', cleanup: doesNotExpire, account: noUserData },
  { table: 'api_resources', cleanup: doesNotExpire, account: noUserData },
];
