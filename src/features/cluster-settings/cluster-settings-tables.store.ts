// What happens to the settings that all nodes share.
import { doesNotExpire, noUserData, type TableRules } from '#core/modules/table-rules.ts';

export const clusterSettingTables: readonly TableRules[] = [
  { table: 'shared_settings', cleanup: doesNotExpire, account: noUserData },
];
