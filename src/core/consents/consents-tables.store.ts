// What happens to the consents of a user.
import { cascade, doesNotExpire, type TableRules } from '#core/modules/table-rules.ts';
import { exportList, formatTime } from '#core/modules/export-lists.store.ts';
import { removeAll, removeSince } from '#core/modules/removals.store.ts';

export const consentTables: readonly TableRules[] = [
  {
    table: 'consents',
    cleanup: doesNotExpire,
    account: {
      personalData: {
        list: exportList({
          name: 'apps',
          from: 'consents e left join clients c using (client_id)',
          at: 'e.granted_at',
          id: 'e.client_id',
          idType: 'text',
          members: {
            app: 'e.client_id',
            name: `c.metadata ->> 'client_name'`,
            scopes: 'e.scopes',
            claims: 'e.claims',
            apis: 'e.resources',
            authorization_details: 'e.authorization_details',
            allowed_at: formatTime('e.granted_at'),
            changed_at: formatTime('e.updated_at'),
          },
        }),
      },
      onFirstEmailVerification: [removeAll('consents')],
      onAccountCompromised: [removeSince('consents', 'updated_at')],
      onAccountDeleted: cascade,
    },
  },
];
