// What happens to the second factors of a user.
import { cascade, doesNotExpire, keep, type TableRules } from '#core/modules/table-rules.ts';
import { formatTime } from '#core/modules/export-lists.store.ts';
import { removeAll, removeSince } from '#core/modules/removals.store.ts';
import { totpContext } from './credentials/totp-credentials.store.ts';

const staysIfMadeByOperator = true;

export const mfaTables: readonly TableRules[] = [
  {
    table: 'factor_failures',
    cleanup: doesNotExpire,
    account: {
      personalData: keep('a count of wrong codes that the next correct code resets'),
      onFirstEmailVerification: [removeAll('factor_failures', { staysIfMadeByOperator })],
      onAccountCompromised: keep('a lockout of the second factor expires'),
      onAccountDeleted: cascade,
    },
  },
  {
    table: 'totp_credentials',
    cleanup: doesNotExpire,
    account: {
      personalData: {
        facts: {
          codes_from_app_since: `(select ${formatTime('confirmed_at')} from totp_credentials where user_id = $1)`,
          codes_from_app_last_used_at: `(select ${formatTime('last_used_at')} from totp_credentials where user_id = $1)`,
        },
      },
      onFirstEmailVerification: [
        removeAll('totp_credentials', { event: 'factor.removed', staysIfMadeByOperator }),
      ],
      onAccountCompromised: [
        removeSince('totp_credentials', 'greatest(created_at, confirmed_at)', {
          event: 'factor.removed',
        }),
      ],
      onAccountDeleted: cascade,
    },
    sealed: [
      { column: 'sealed', key: ['user_id'], context: ([userId = '']) => totpContext(userId) },
    ],
  },
  {
    table: 'recovery_codes',
    cleanup: doesNotExpire,
    account: {
      personalData: {
        facts: {
          recovery_codes_left:
            '(select count(*) from recovery_codes where user_id = $1 and used_at is null)',
        },
      },
      onFirstEmailVerification: [removeAll('recovery_codes', { staysIfMadeByOperator })],
      onAccountCompromised: [removeSince('recovery_codes', 'created_at')],
      onAccountDeleted: cascade,
    },
  },
];
