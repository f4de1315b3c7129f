// What happens to the rows of identity providers.
import { doesNotExpire, noUserData, type TableRules } from '#core/modules/table-rules.ts';

export const identityProviderTables: readonly TableRules[] = [
  { table: 'identity_providers', cleanup: doesNotExpire, account: noUserData },
];
