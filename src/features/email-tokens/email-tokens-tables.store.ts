// What happens to the email tokens of a user.
import { cascade, type TableRules } from '#core/modules/table-rules.ts';
import { exportList, formatTime } from '#core/modules/export-lists.store.ts';
import { removeAll } from '#core/modules/removals.store.ts';
import { emailTokenContext } from './email-tokens.store.ts';

export const emailTokenTables: readonly TableRules[] = [
  {
    table: 'mail_proofs',
    cleanup: [{ key: 'id' }],
    account: {
      personalData: {
        list: exportList({
          name: 'mailbox_proofs',
          from: 'mail_proofs e',
          at: 'e.created_at',
          id: 'e.id',
          idType: 'uuid',
          members: {
            kind: 'e.kind',
            email: 'e.email',
            asked_at: formatTime('e.created_at'),
            expires_at: formatTime('e.expires_at'),
            used_at: formatTime('e.used_at'),
          },
        }),
      },
      onFirstEmailVerification: [removeAll('mail_proofs')],
      onAccountCompromised: [removeAll('mail_proofs')],
      onAccountDeleted: cascade,
    },
    sealed: [{ column: 'content', key: ['id'], context: ([id = '']) => emailTokenContext(id) }],
  },
];
