// What happens to the external identities that a user has linked.
import { cascade, doesNotExpire, type TableRules } from '#core/modules/table-rules.ts';
import { exportList, formatTime } from '#core/modules/export-lists.store.ts';
import { removeAll, removeSince } from '#core/modules/removals.store.ts';

export const federationTables: readonly TableRules[] = [
  {
    table: 'identities',
    cleanup: doesNotExpire,
    account: {
      personalData: {
        list: exportList({
          name: 'linked_accounts',
          from: 'identities e',
          at: 'e.linked_at',
          id: 'e.id',
          idType: 'uuid',
          members: {
            issuer: 'e.issuer',
            subject: 'e.subject',
            email: 'e.email',
            linked_at: formatTime('e.linked_at'),
            last_used_at: formatTime('e.last_used_at'),
          },
        }),
      },
      onFirstEmailVerification: [removeAll('identities', { event: 'identity.unlinked' })],
      onAccountCompromised: [
        removeSince('identities', 'linked_at', { event: 'identity.unlinked' }),
      ],
      onAccountDeleted: cascade,
    },
  },
];
