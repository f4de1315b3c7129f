// What happens to the row that dates revocations for everyone.
import { doesNotExpire, noUserData, type TableRules } from '#core/modules/table-rules.ts';

export const subjectStatusTables: readonly TableRules[] = [
  { table: 'epochs', cleanup: doesNotExpire, account: noUserData },
];
