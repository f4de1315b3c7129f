// What happens to the links that create the first administrator.
import { keep, noUserData, type TableRules } from '#core/modules/table-rules.ts';

export const setupTables: readonly TableRules[] = [
  { table: 'setup_links', cleanup: keep('one use ends them all'), account: noUserData },
];
