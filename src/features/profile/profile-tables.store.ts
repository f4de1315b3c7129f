// What happens to the uploaded picture of a user.
import { exportList, formatTime } from '#core/modules/export-lists.store.ts';
import { removeAll } from '#core/modules/removals.store.ts';
import { cascade, keep, type TableRules } from '#core/modules/table-rules.ts';

export const profileTables: readonly TableRules[] = [
  {
    table: 'user_pictures',
    cleanup: [
      {
        key: 'user_id',
        name: 'replaced',
        // Pictures that are no longer served, because an operator set another claim. A new picture is kept
        // for a while, because this statement may not see its claim yet.
        when: `
          created_at < $1::timestamptz - interval '1 day'
          and not exists (select from users u
                           where u.id = user_pictures.user_id
                             and right(u.picture, 47) = user_pictures.key || '.jpg')`,
      },
    ],
    account: {
      personalData: {
        list: exportList({
          name: 'picture',
          from: 'user_pictures e',
          at: 'e.created_at',
          id: 'e.user_id',
          idType: 'uuid',
          members: {
            uploaded_at: formatTime('e.created_at'),
            type: "'image/jpeg'",
            base64: `replace(encode(e.large, 'base64'), E'\\n', '')`,
          },
        }),
      },
      onFirstEmailVerification: [removeAll('user_pictures', { staysIfMadeByOperator: true })],
      onAccountCompromised: keep(
        'earlier pictures are not recorded; the owner has to review the current one',
      ),
      onAccountDeleted: cascade,
    },
  },
];
