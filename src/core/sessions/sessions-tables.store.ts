// What happens to the sessions of a user.
import { keep, type TableRules } from '#core/modules/table-rules.ts';
import { exportList, formatTime } from '#core/modules/export-lists.store.ts';
import { runStatement } from '#core/modules/removals.store.ts';

const revoked = keep('revoked in the same transaction; the row stays until it expires');

export const sessionTables: readonly TableRules[] = [
  {
    table: 'sessions',
    cleanup: [{ key: 'uid' }],
    account: {
      personalData: {
        list: exportList({
          name: 'sessions',
          from: 'sessions e',
          at: 'e.created_at',
          id: 'e.uid',
          idType: 'text',
          where: 'e.ended_at is null',
          members: {
            created_at: formatTime('e.created_at'),
            signed_in_at: formatTime('e.login_at'),
            last_used_at: formatTime('e.last_used_at'),
            expires_at: formatTime('e.expires_at'),
            address: 'e.address',
            device: 'e.device',
            signed_in_with: 'e.amr',
            apps: '(select jsonb_agg(app) from jsonb_object_keys(e.authorizations) as app)',
          },
        }),
      },
      onFirstEmailVerification: revoked,
      onAccountCompromised: revoked,
      // The rows stay until they expire, so that a revoked session is not created again. Address
      // and device are erased immediately.
      onAccountDeleted: [
        runStatement(`
    update sessions set address = null, device = null, device_id = null
     where user_id = $1`),
      ],
    },
  },
];
