// The roles, groups and organizations of one user.
import type { AssignmentStore } from '#core/access-control/assignments.store.ts';
import type { Assignments } from '#core/access-control/assignments.ts';
import type { User } from '#core/users/users.ts';
import { AppError } from '#platform/errors.ts';
import { groupPath } from '#features/admin/authorization/groups.pages.ts';
import { organizationPath } from '#features/admin/authorization/organizations.pages.ts';
import {
  offeredGroups,
  offeredOrganizations,
  offeredRoles,
} from '#features/admin/authorization/offered.pages.ts';
import { rolePath } from '#features/admin/authorization/role-list.pages.ts';
import type { FactsBlock, RichText } from '#features/admin/page/page-model.ts';
import { assignmentFields, readAssignments } from '#features/admin/panel/assigned.pages.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import type { GroupService } from '#features/groups/groups.service.ts';
import type { OrganizationService } from '#features/organizations/organizations.service.ts';
import type { RoleService } from '#features/roles/roles.service.ts';
import type { RoleAdministration } from '#features/user-administration/role-administration.service.ts';
import { backToUser, type UserAction } from './user-actions.pages.ts';
import { userPath } from './user-list.pages.ts';

export interface UserAssignmentDependencies {
  readonly assignments: AssignmentStore;
  readonly roleAdministration: RoleAdministration;
  readonly roleService: RoleService;
  readonly groupService: GroupService;
  readonly organizationService: OrganizationService;
}

export function assignmentActions(dependencies: UserAssignmentDependencies): readonly UserAction[] {
  return [changeRoles(dependencies), changeGroups(dependencies), changeOrganizations(dependencies)];
}

/** The user's assignments, on the page of the user. */
export function assignmentFacts(user: User, assignments: Assignments): FactsBlock {
  const { roles, groups, organizations } = assignments;
  const action = (name: string, scope: 'roles' | 'groups' | 'organizations') => ({
    id: `act-${name}`,
    label: 'Change',
    href: `${userPath(user.id)}/${name}`,
    scope: `${scope}:write` as const,
  });
  const ofRole = (role: string): RichText => ({
    text: role,
    href: rolePath(role),
    hint: user.roles.includes(role) ? undefined : 'through a group',
  });
  return {
    kind: 'facts',
    title: 'Access',
    facts: [
      {
        label: 'Roles',
        value: roles.length === 0 ? 'none' : roles.map(ofRole),
        action: action('roles', 'roles'),
      },
      {
        label: 'Groups',
        value:
          groups.length === 0
            ? 'none'
            : groups.map(({ id, name }) => ({ text: name, href: groupPath(id) })),
        action: action('groups', 'groups'),
      },
      {
        label: 'Organizations',
        value:
          organizations.length === 0
            ? 'none'
            : organizations.map(({ id, displayName, roles: there }) => ({
                text: there.length === 0 ? displayName : `${displayName} (${there.join(', ')})`,
                href: organizationPath(id),
              })),
        action: action('organizations', 'organizations'),
      },
    ],
  };
}

function changeRoles(dependencies: UserAssignmentDependencies): UserAction {
  const { roleAdministration, roleService } = dependencies;
  return {
    name: 'roles',
    scope: 'roles:write',
    title: ({ email }) => `Roles of ${email}`,
    lead: 'Changes apply immediately, including to tokens already issued.',
    submit: 'Save roles',
    async fields({ roles: assigned }, form) {
      const { options: offered, hasMore } = await offeredRoles(roleService);
      const label = 'Directly assigned roles';
      return assignmentFields({ name: 'role', label, offered, assigned, form, hasMore });
    },
    async act(user, { visit, form }) {
      const { added, removed } = readAssignments(form, 'role');
      if (removed.length > 0 && user.id === visit.user.id) {
        throw new AppError('conflict', 'You can’t withdraw your own role.');
      }
      for (const role of added) await roleAdministration.grant(user.id, role, visit.administrator);
      for (const role of removed)
        await roleAdministration.withdraw(user.id, role, visit.administrator);
      return backToUser(user, removed.length > 0 ? 'role-withdrawn' : 'role-granted');
    },
  };
}

function changeGroups({ assignments, groupService }: UserAssignmentDependencies): UserAction {
  return {
    name: 'groups',
    scope: 'groups:write',
    title: ({ email }) => `Groups of ${email}`,
    lead: 'The roles of a group apply immediately, including to tokens already issued.',
    submit: 'Save groups',
    async fields({ id }, form) {
      const [{ options, hasMore }, { groups }] = await Promise.all([
        offeredGroups(groupService),
        assignments.find(id),
      ]);
      return assignmentFields({
        name: 'group',
        label: 'Groups of the user',
        offered: withNames(options, groups),
        assigned: groups.map((each) => each.id),
        form,
        hasMore,
      });
    },
    async act({ id }, { visit, form }) {
      const { added, removed } = readAssignments(form, 'group');
      for (const group of added) await groupService.addMember(group, id, visit.administrator);
      for (const group of removed) await groupService.removeMember(group, id, visit.administrator);
      return { to: withNotice(userPath(id), 'saved') };
    },
  };
}

function changeOrganizations(dependencies: UserAssignmentDependencies): UserAction {
  const { assignments, organizationService: service } = dependencies;
  return {
    name: 'organizations',
    scope: 'organizations:write',
    title: ({ email }) => `Organizations of ${email}`,
    lead: 'The user signs in to one at a time. Roles in an organization are set on its page and end with the membership.',
    submit: 'Save organizations',
    async fields({ id }, form) {
      const [{ options, hasMore }, { organizations }] = await Promise.all([
        offeredOrganizations(service),
        assignments.find(id),
      ]);
      const named = organizations.map((each) => ({ id: each.id, name: each.displayName }));
      return assignmentFields({
        name: 'organization',
        label: 'Organizations of the user',
        offered: withNames(options, named),
        assigned: organizations.map((each) => each.id),
        form,
        hasMore,
      });
    },
    async act({ id: userId }, { visit, form }) {
      const { added, removed } = readAssignments(form, 'organization');
      const by = visit.administrator;
      for (const organization of added) await service.addMember({ organization, userId }, by);
      for (const organization of removed) await service.removeMember({ organization, userId }, by);
      return { to: withNotice(userPath(userId), 'saved') };
    },
  };
}

/** What is already assigned is always among the named checkboxes, even if it is not offered. */
function withNames(
  offered: readonly { readonly value: string; readonly label: string }[],
  assigned: readonly { readonly id: string; readonly name: string }[],
) {
  const others = assigned.filter(({ id }) => !offered.some(({ value }) => value === id));
  return [...offered, ...others.map(({ id, name }) => ({ value: id, label: name }))];
}
