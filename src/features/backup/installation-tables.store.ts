// What happens to the row about the installation.
import { doesNotExpire, noUserData, type TableRules } from '#core/modules/table-rules.ts';

export const installationTables: readonly TableRules[] = [
  { table: 'installation', cleanup: doesNotExpire, account: noUserData },
];
