// What happens to the rows of identity providers.
import { doesNotExpire, noUserData, type TableRules } from '#core/modules/table-rules.ts';
import { providerContext } from './identity-providers.ts';

export const identityProviderTables: readonly TableRules[] = [
  {
    table: 'identity_providers',
    cleanup: doesNotExpire,
    account: noUserData,
    sealed: [{ column: 'credential', key: ['id'], context: ([id = '']) => providerContext(id) }],
  },
];
