// What happens to the data exports of a user.
import { cascade, keep, noUserData, type TableRules } from '#core/modules/table-rules.ts';
import { removeAll, removeSince } from '#core/modules/removals.store.ts';
import { chunkContext } from './exports.store.ts';

/** A download that started this long ago is regarded as aborted. */
const brokenDownloadHours = 1;

export const dataExportTables: readonly TableRules[] = [
  {
    table: 'account_exports',
    cleanup: [{ key: 'id' }],
    account: {
      personalData: keep('the copies themselves'),
      onFirstEmailVerification: [removeAll('account_exports')],
      onAccountCompromised: [removeSince('account_exports', 'requested_at')],
      onAccountDeleted: cascade,
    },
  },
  {
    table: 'account_export_chunks',
    cleanup: [
      {
        key: '(export_id, attempt, number)',
        // Chunks left behind by an aborted download or by a node that crashed.
        when: `exists (
            select 1 from account_exports whole
             where whole.id = export_id
               and (whole.fetched_at < $1::timestamptz - interval '${brokenDownloadHours} hours'
                    or whole.attempts <> attempt))`,
      },
    ],
    account: noUserData,
    sealed: [
      {
        column: 'sealed',
        key: ['export_id', 'attempt', 'number'],
        context: ([id = '', attempt = '', number = '']) => chunkContext({ id, attempt }, number),
      },
    ],
  },
];
