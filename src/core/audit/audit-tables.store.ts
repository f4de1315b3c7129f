// What happens to the rows of the audit log.
import { doesNotExpire, keep, noUserData, type TableRules } from '#core/modules/table-rules.ts';
import { exportList, formatTime } from '#core/modules/export-lists.store.ts';

// The address, device and details of another actor must not be exported.
const isOwn = `(e.actor_kind = 'anonymous' or (e.actor_kind = 'user' and e.actor_id = e.user_id::text))`;

export const auditTables: readonly TableRules[] = [
  {
    table: 'audit_events',
    cleanup: doesNotExpire,
    account: {
      personalData: {
        list: exportList({
          name: 'activity',
          from: 'audit_events e',
          at: 'e.at',
          id: 'e.id',
          idType: 'uuid',
          members: {
            at: formatTime('e.at'),
            event: 'e.event',
            by: `case when ${isOwn} then 'you' else e.actor_kind end`,
            app: 'e.client_id',
            address: `case when ${isOwn} then e.personal ->> 'address' end`,
            device: `case when ${isOwn} then e.personal ->> 'device' end`,
            details: `case when ${isOwn} then nullif(e.details, '{}') end`,
          },
        }),
      },
      onFirstEmailVerification: keep('the audit log is evidence'),
      onAccountCompromised: keep('the audit log is evidence'),
      onAccountDeleted: keep('the personal part is erased in batches, by core/account-data'),
    },
  },
  { table: 'audit_heads', cleanup: doesNotExpire, account: noUserData },
];
