// Actions on one group: edit, choose its roles, add and remove members, delete.
import type { UserStore } from '#core/users/users.store.ts';
import { requireUser } from '#core/users/users.api.ts';
import { plural } from '#features/admin/page/formatting.ts';
import { assignmentFields, readAssignments } from '#features/admin/panel/assigned.pages.ts';
import { addEntityActions, type EntityAction } from '#features/admin/panel/entity-actions.pages.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import {
  currentValues,
  requireVersion,
  versionField,
} from '#features/admin/panel/versions.pages.ts';
import type { Group } from '#features/groups/groups.ts';
import type { GroupService } from '#features/groups/groups.service.ts';
import type { RoleService } from '#features/roles/roles.service.ts';
import { groupNameField, groupPath, groupsPath, readGroup } from './groups.pages.ts';
import { findNamedUser, userField } from './named-user.pages.ts';
import { descriptionField } from './role-list.pages.ts';
import { offeredRoles } from './offered.pages.ts';

export interface GroupActionDependencies {
  readonly groupService: GroupService;
  readonly roleService: RoleService;
  readonly users: UserStore;
}

export function addGroupActions(panel: Panel, dependencies: GroupActionDependencies): void {
  addEntityActions(
    panel,
    {
      path: `${groupsPath}/:groupId`,
      scope: 'groups:write',
      find: (ctx) => dependencies.groupService.find(String(ctx.params['groupId'])),
      linkOf: ({ id, name }) => ({ label: name, href: groupPath(id) }),
    },
    [
      edit(dependencies),
      chooseRoles(dependencies),
      addMember(dependencies),
      removeMember(dependencies),
      remove(dependencies),
    ],
  );
}

function edit({ groupService }: GroupActionDependencies): EntityAction<Group> {
  const seen = ({ name, description = '' }: Group) => ({ name, description });
  return {
    name: 'edit',
    title: ({ name }) => `Edit ${name}`,
    lead: () => 'Apps and external access rules that match on the name will see the new one.',
    submit: 'Save',
    fields: (group, { form }) => [
      versionField(seen(group)),
      groupNameField(form?.get('name') ?? group.name),
      descriptionField(form?.get('description') ?? group.description),
    ],
    above: (group, { form }) =>
      currentValues(form, seen(group), [
        { label: 'Name', value: group.name },
        { label: 'Description', value: group.description ?? 'none' },
      ]),
    async act({ id }, { visit, form }) {
      await groupService.update(id, readGroup(form), visit.administrator, (before) => {
        requireVersion(form, seen(before));
      });
      return { to: withNotice(groupPath(id), 'saved') };
    },
  };
}

function chooseRoles(dependencies: GroupActionDependencies): EntityAction<Group> {
  const { groupService, roleService } = dependencies;
  return {
    name: 'roles',
    title: ({ name }) => `Roles of ${name}`,
    lead: ({ memberCount }) =>
      `Changes apply immediately to ${plural(memberCount, 'member')}, including to tokens already issued.`,
    submit: 'Save roles',
    async fields({ roles: assigned }, { form }) {
      const { options: offered, hasMore } = await offeredRoles(roleService);
      const label = 'Roles';
      return assignmentFields({ name: 'role', label, offered, assigned, form, hasMore });
    },
    async act({ id }, { visit, form }) {
      const { added, removed } = readAssignments(form, 'role');
      for (const role of added) await groupService.addRole(id, role, visit.administrator);
      for (const role of removed) await groupService.removeRole(id, role, visit.administrator);
      return { to: withNotice(groupPath(id), 'saved') };
    },
  };
}

function addMember({ groupService, users }: GroupActionDependencies): EntityAction<Group> {
  return {
    name: 'members/add',
    title: ({ name }) => `Add a member to ${name}`,
    lead: () => 'The user gets the group’s roles immediately.',
    submit: 'Add member',
    fields: (_group, { form }) => [userField(form)],
    async act({ id }, { visit, form }) {
      const user = await findNamedUser(users, form);
      await groupService.addMember(id, user.id, visit.administrator);
      return { to: withNotice(groupPath(id), 'member-added') };
    },
  };
}

function removeMember({ groupService, users }: GroupActionDependencies): EntityAction<Group> {
  return {
    name: 'members/:userId',
    async title({ name }, { ctx }) {
      const { email } = await requireUser(users, String(ctx.params['userId']));
      return `Remove ${email} from ${name}?`;
    },
    lead: () => 'The user loses the group’s roles immediately, including in tokens already issued.',
    submit: 'Remove member',
    isDangerous: true,
    async act({ id }, { ctx, visit }) {
      await groupService.removeMember(id, String(ctx.params['userId']), visit.administrator);
      return { to: withNotice(groupPath(id), 'member-removed') };
    },
  };
}

function remove({ groupService }: GroupActionDependencies): EntityAction<Group> {
  return {
    name: 'delete',
    title: ({ name }) => `Delete ${name}?`,
    lead: ({ memberCount }) =>
      `${plural(memberCount, 'user')} lose its roles immediately, and clients that admit the group no longer admit them by it. The accounts are kept. This can’t be undone.`,
    submit: 'Delete group',
    isDangerous: true,
    async act({ id }, { visit }) {
      await groupService.remove(id, visit.administrator);
      return { to: withNotice(groupsPath, 'deleted') };
    },
  };
}
