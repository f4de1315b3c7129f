// What happens to the rows of groups and of their members.
import {
  cascade,
  doesNotExpire,
  keep,
  noUserData,
  type TableRules,
} from '#core/modules/table-rules.ts';
import { exportList, formatTime } from '#core/modules/export-lists.store.ts';
import { removeAll } from '#core/modules/removals.store.ts';

export const groupTables: readonly TableRules[] = [
  { table: 'user_groups', cleanup: doesNotExpire, account: noUserData },
  { table: 'group_roles', cleanup: doesNotExpire, account: noUserData },
  {
    table: 'group_members',
    cleanup: doesNotExpire,
    account: {
      personalData: {
        list: exportList({
          name: 'groups',
          from: 'group_members e join user_groups g on g.id = e.group_id',
          at: 'e.added_at',
          id: 'e.group_id',
          idType: 'uuid',
          members: { group: 'g.name', added_at: formatTime('e.added_at') },
        }),
      },
      // Access to the mailbox alone must not confer what was assigned to another person.
      onFirstEmailVerification: [
        removeAll('group_members', {
          event: 'group.member_removed',
          staysIfMadeByOperator: true,
        }),
      ],
      onAccountCompromised: keep('added by an operator'),
      onAccountDeleted: cascade,
    },
  },
];
