// What happens to the passkeys of a user.
import { cascade, doesNotExpire, keep, type TableRules } from '#core/modules/table-rules.ts';
import { exportList, formatTime } from '#core/modules/export-lists.store.ts';
import { removeAll, removeSince } from '#core/modules/removals.store.ts';

export const passkeyTables: readonly TableRules[] = [
  {
    table: 'passkeys',
    cleanup: doesNotExpire,
    account: {
      personalData: {
        list: exportList({
          name: 'passkeys',
          from: 'passkeys e',
          at: 'e.created_at',
          id: `encode(e.credential_id, 'hex')`,
          idType: 'text',
          members: {
            name: 'e.name',
            is_synced: 'e.backed_up',
            created_at: formatTime('e.created_at'),
            last_used_at: formatTime('e.last_used_at'),
          },
        }),
      },
      onFirstEmailVerification: [removeAll('passkeys', { event: 'passkey.removed' })],
      onAccountCompromised: [removeSince('passkeys', 'created_at', { event: 'passkey.removed' })],
      onAccountDeleted: cascade,
    },
  },
  {
    table: 'user_handles',
    cleanup: doesNotExpire,
    account: {
      personalData: keep('a random number by which authenticators know the account'),
      onFirstEmailVerification: [removeAll('user_handles')],
      onAccountCompromised: keep('the passkeys of the owner refer to it'),
      onAccountDeleted: cascade,
    },
  },
];
