// SQL that decides about rights in the management API, for statements in which the answer must not
// be older than their own data. The same rule for loaded assignments is `managementRights` in
// role-permissions.ts.
import type { ManagementScope } from '#core/clients/scopes.ts';

/**
 * A condition: the user has the right, or any right without a `scope`.
 * @param userId the expression of the user's id
 */
export function hasManagementRight(userId: string, scope?: ManagementScope): string {
  const builtIn = scope === undefined ? `('admin', 'auditor')` : `('admin')`;
  return `exists (
    select 1
      from (select ur.role from user_roles ur where ur.user_id = ${userId}
             union all
            select gr.role_id
              from group_members gm
              join group_roles gr on gr.group_id = gm.group_id
             where gm.user_id = ${userId}) held (role)
     where held.role in ${builtIn}
        or (position(':' in held.role) = 0 and exists (
             select 1
               from role_permissions rp
              where rp.role_id = held.role and rp.audience is null
                ${scope === undefined ? '' : `and rp.scope = '${scope}'`})))`;
}
