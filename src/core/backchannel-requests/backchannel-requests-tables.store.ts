// What happens to the backchannel requests of a user.
import { exportList, formatTime } from '#core/modules/export-lists.store.ts';
import { removeAll } from '#core/modules/removals.store.ts';
import { cascade, type TableRules } from '#core/modules/table-rules.ts';
import { notificationContext } from './backchannel-requests.ts';

export const backchannelRequestTables: readonly TableRules[] = [
  {
    table: 'backchannel_requests',
    // A client that asks late still learns that the request has expired.
    cleanup: [
      { key: 'id', when: `expires_at < $1::timestamptz - interval '1 hour'`, by: 'expires_at' },
    ],
    sealed: [
      {
        column: 'notification',
        key: ['id'],
        context: ([id = '']) => notificationContext(id),
      },
    ],
    account: {
      personalData: {
        list: exportList({
          name: 'backchannel_requests',
          from: 'backchannel_requests e',
          at: 'e.created_at',
          id: 'e.id',
          idType: 'uuid',
          members: {
            client_id: 'e.client_id',
            binding_message: 'e.binding_message',
            requested_at: formatTime('e.created_at'),
            expires_at: formatTime('e.expires_at'),
            decision: 'e.decision',
          },
        }),
      },
      onFirstEmailVerification: [removeAll('backchannel_requests')],
      onAccountCompromised: [removeAll('backchannel_requests')],
      onAccountDeleted: cascade,
    },
  },
];
