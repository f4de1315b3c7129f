// What happens to the trusted devices of a user.
import { cascade, type TableRules } from '#core/modules/table-rules.ts';
import { exportList, formatTime } from '#core/modules/export-lists.store.ts';
import { removeAll } from '#core/modules/removals.store.ts';

const withoutEffect = `
  expires_at < $1 or not exists (
    select 1 from users u cross join epochs e
     where u.id = trusted_devices.user_id
       and u.security_version + e.security_version = trusted_devices.security_version)`;

export const trustedDeviceTables: readonly TableRules[] = [
  {
    table: 'trusted_devices',
    cleanup: [{ key: 'id', when: withoutEffect }],
    account: {
      personalData: {
        list: exportList({
          name: 'trusted_devices',
          from: 'trusted_devices e',
          at: 'e.created_at',
          id: 'e.id',
          idType: 'uuid',
          members: {
            device: 'e.device',
            trusted_at: formatTime('e.created_at'),
            last_used_at: formatTime('e.last_used_at'),
            expires_at: formatTime('e.expires_at'),
          },
        }),
      },
      onFirstEmailVerification: [removeAll('trusted_devices')],
      onAccountCompromised: [removeAll('trusted_devices')],
      onAccountDeleted: cascade,
    },
  },
];
