// What happens to the devices on which a user has signed in.
import { cascade, type TableRules } from '#core/modules/table-rules.ts';
import { exportList, formatTime } from '#core/modules/export-lists.store.ts';
import { removeAll, removeSince } from '#core/modules/removals.store.ts';

/** The lifetime that browsers allow for the device cookie. */
const deviceDays = 400;

export const userDeviceTables: readonly TableRules[] = [
  {
    table: 'user_devices',
    cleanup: [
      {
        key: '(user_id, device_id)',
        by: 'last_used_at',
        // The device used last stays: without any, the next sign-in would count as the first one,
        // which sends no mail.
        when: `last_used_at < $1::timestamptz - interval '${deviceDays} days' and exists (
            select 1 from user_devices newer
             where newer.user_id = user_devices.user_id
               and newer.last_used_at > user_devices.last_used_at)`,
      },
    ],
    account: {
      personalData: {
        list: exportList({
          name: 'devices',
          from: 'user_devices e',
          at: 'e.first_used_at',
          id: `encode(e.device_id, 'hex')`,
          idType: 'text',
          members: {
            first_used_at: formatTime('e.first_used_at'),
            last_used_at: formatTime('e.last_used_at'),
          },
        }),
      },
      onFirstEmailVerification: [removeAll('user_devices')],
      onAccountCompromised: [removeSince('user_devices', 'first_used_at')],
      onAccountDeleted: cascade,
    },
  },
];
