// What happens to the rows of roles and of their permissions.
import { doesNotExpire, noUserData, type TableRules } from '#core/modules/table-rules.ts';

export const roleTables: readonly TableRules[] = [
  { table: 'roles', cleanup: doesNotExpire, account: noUserData },
  { table: 'role_permissions', cleanup: doesNotExpire, account: noUserData },
];
