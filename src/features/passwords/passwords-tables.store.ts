// What happens to the password of a user.
import { cascade, doesNotExpire, type TableRules } from '#core/modules/table-rules.ts';
import { formatTime } from '#core/modules/export-lists.store.ts';
import { removeAll } from '#core/modules/removals.store.ts';
import { sealedHashContext, sealedPrefix } from '#platform/crypto/password-hashing.ts';

export const passwordTables: readonly TableRules[] = [
  {
    table: 'password_credentials',
    cleanup: doesNotExpire,
    account: {
      personalData: {
        facts: {
          password_changed_at: `(select ${formatTime('changed_at')} from password_credentials where user_id = $1)`,
        },
      },
      onFirstEmailVerification: [removeAll('password_credentials', { event: 'password.removed' })],
      // Removed, because the attacker knew the password.
      onAccountCompromised: [removeAll('password_credentials', { event: 'password.removed' })],
      onAccountDeleted: cascade,
    },
    sealed: [
      {
        column: 'hash',
        key: ['user_id'],
        context: () => sealedHashContext,
        prefix: sealedPrefix,
      },
    ],
  },
];
