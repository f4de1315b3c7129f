// What happens to the stored brand.
import { doesNotExpire, noUserData, type TableRules } from '#core/modules/table-rules.ts';

export const brandingTables: readonly TableRules[] = [
  { table: 'branding', cleanup: doesNotExpire, account: noUserData },
];
