// What happens to the ids of deleted accounts.
import { doesNotExpire, noUserData, type TableRules } from '#core/modules/table-rules.ts';

export const accountDeletionTables: readonly TableRules[] = [
  // An id alone is not personal data; it is kept because it must never be used again.
  { table: 'deleted_users', cleanup: doesNotExpire, account: noUserData },
];
