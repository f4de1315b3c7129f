// What happens to the custom attributes of a user.
import { cascade, doesNotExpire, keep, type TableRules } from '#core/modules/table-rules.ts';
import { exportList, formatTime } from '#core/modules/export-lists.store.ts';
import { runStatement } from '#core/modules/removals.store.ts';

export const customAttributeTables: readonly TableRules[] = [
  {
    table: 'user_supplements',
    cleanup: doesNotExpire,
    account: {
      personalData: {
        list: exportList({
          name: 'supplements',
          from: 'user_supplements e',
          at: 'e.updated_at',
          id: 'e.namespace',
          idType: 'text',
          where: 'e.value is not null',
          members: {
            namespace: 'e.namespace',
            version: 'e.version',
            updated_at: formatTime('e.updated_at'),
            value: 'e.value',
          },
        }),
      },
      // The version is incremented so that a concurrent writer with the older version is refused.
      onFirstEmailVerification: [
        runStatement(
          `
    update user_supplements
       set value = null, version = version + 1, updated_at = $2, updated_by = 'user ' || $1::text
     where user_id = $1::uuid and value is not null`,
          { event: 'supplement.removed', staysIfMadeByOperator: true },
        ),
      ],
      onAccountCompromised: keep(
        'earlier values are not recorded; the owner has to review the current ones',
      ),
      onAccountDeleted: cascade,
    },
  },
];
