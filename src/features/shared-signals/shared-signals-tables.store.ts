// What happens to the rows of streams, signals and subjects.
import { exportList, formatTime } from '#core/modules/export-lists.store.ts';
import { runStatement } from '#core/modules/removals.store.ts';
import { doesNotExpire, keep, noUserData, type TableRules } from '#core/modules/table-rules.ts';
import { rememberReceivers } from './events/signal-subjects.store.ts';
import { streamContext } from './streams/streams.ts';

const stillTold = keep('receivers must learn of what happened to the account');

export const sharedSignalTables: readonly TableRules[] = [
  {
    table: 'signal_streams',
    cleanup: doesNotExpire,
    account: noUserData,
    sealed: [
      {
        column: 'authorization_header',
        key: ['id'],
        context: ([id = '']) => streamContext(id),
      },
    ],
  },
  {
    table: 'signal_polls',
    // The row of a provider that is no longer polled.
    cleanup: [{ key: 'provider_id', when: `due_at < $1::timestamptz - interval '30 days'` }],
    account: noUserData,
  },
  {
    table: 'signals',
    cleanup: [{ key: 'id' }],
    account: {
      personalData: {
        list: exportList({
          name: 'signals',
          from: 'signals e join signal_streams s on s.id = e.stream_id',
          at: 'e.created_at',
          id: 'e.id',
          idType: 'uuid',
          members: {
            app: 's.client_id',
            event: 'e.type',
            at: formatTime('e.created_at'),
            delivered_at: formatTime('e.delivered_at'),
          },
        }),
      },
      onFirstEmailVerification: stillTold,
      onAccountCompromised: stillTold,
      // Signals name the user by id only, and expire.
      onAccountDeleted: stillTold,
    },
  },
  {
    table: 'signal_subjects',
    cleanup: [
      {
        name: 'told',
        key: '(stream_id, user_id)',
        when: `not removed and at < $1::timestamptz - interval '1 day'`,
      },
      {
        name: 'gone',
        key: '(stream_id, user_id)',
        when: `removed and at < $1
          and not exists (select from users u where u.id = signal_subjects.user_id)`,
      },
    ],
    account: {
      personalData: keep('what a receiver does not want to know says nothing about the user'),
      onFirstEmailVerification: stillTold,
      onAccountCompromised: stillTold,
      onAccountDeleted: [runStatement(rememberReceivers)],
    },
  },
];
