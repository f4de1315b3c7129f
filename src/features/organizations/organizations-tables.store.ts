// What happens to the rows of organizations and of their members.
import {
  cascade,
  doesNotExpire,
  keep,
  noUserData,
  type TableRules,
} from '#core/modules/table-rules.ts';
import { exportList, formatTime } from '#core/modules/export-lists.store.ts';
import { removeAll } from '#core/modules/removals.store.ts';

const roles = `(
  select coalesce(jsonb_agg(r.role_id order by r.role_id), '[]')
    from organization_member_roles r
   where r.organization_id = e.organization_id and r.user_id = e.user_id)`;

export const organizationTables: readonly TableRules[] = [
  { table: 'organizations', cleanup: doesNotExpire, account: noUserData },
  {
    table: 'organization_members',
    cleanup: doesNotExpire,
    account: {
      personalData: {
        list: exportList({
          name: 'organizations',
          from: 'organization_members e join organizations o on o.id = e.organization_id',
          at: 'e.added_at',
          id: 'e.organization_id',
          idType: 'uuid',
          members: { organization: 'o.display_name', roles, added_at: formatTime('e.added_at') },
        }),
      },
      // Access to the mailbox alone must not confer what was assigned to another person.
      onFirstEmailVerification: [
        removeAll('organization_members', {
          event: 'organization.member_removed',
          staysIfMadeByOperator: true,
        }),
      ],
      onAccountCompromised: keep('added by an operator'),
      onAccountDeleted: cascade,
    },
  },
  {
    table: 'organization_member_roles',
    cleanup: doesNotExpire,
    account: {
      personalData: keep('listed with the organizations'),
      onFirstEmailVerification: keep('deleted with the membership'),
      onAccountCompromised: keep('assigned by an operator'),
      onAccountDeleted: keep('deleted with the membership'),
    },
  },
];
