// Actions on one organization: edit, members and their roles in it, delete.
import type { UserStore } from '#core/users/users.store.ts';
import { requireUser } from '#core/users/users.api.ts';
import type { Context } from '#http/context.ts';
import { AppError } from '#platform/errors.ts';
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
import type { Organization } from '#features/organizations/organizations.ts';
import type { OrganizationService } from '#features/organizations/organizations.service.ts';
import type { RoleService } from '#features/roles/roles.service.ts';
import { findNamedUser, userField } from './named-user.pages.ts';
import { offeredMemberRoles } from './offered.pages.ts';
import {
  organizationFields,
  organizationPath,
  organizationsPath,
  readOrganization,
} from './organizations.pages.ts';

export interface OrganizationActionDependencies {
  readonly organizationService: OrganizationService;
  readonly roleService: RoleService;
  readonly users: UserStore;
}

type Action = EntityAction<Organization>;

export function addOrganizationActions(
  panel: Panel,
  dependencies: OrganizationActionDependencies,
): void {
  addEntityActions(
    panel,
    {
      path: `${organizationsPath}/:organizationId`,
      scope: 'organizations:write',
      find: (ctx) => dependencies.organizationService.find(String(ctx.params['organizationId'])),
      linkOf: ({ id, displayName }) => ({ label: displayName, href: organizationPath(id) }),
    },
    [
      edit(dependencies),
      addMember(dependencies),
      chooseRoles(dependencies),
      removeMember(dependencies),
      remove(dependencies),
    ],
  );
}

function edit({ organizationService }: OrganizationActionDependencies): Action {
  const seen = ({ name, displayName }: Organization) => ({ name, displayName });
  return {
    name: 'edit',
    title: ({ displayName }) => `Edit ${displayName}`,
    lead: () => 'Clients that send the identifier must switch to the new one.',
    submit: 'Save',
    fields: (organization, { form }) => [
      versionField(seen(organization)),
      ...organizationFields(organization, form),
    ],
    above: (organization, { form }) =>
      currentValues(form, seen(organization), [
        { label: 'Display name', value: organization.displayName },
        { label: 'Identifier', value: organization.name },
      ]),
    async act({ id }, { visit, form }) {
      const changes = readOrganization(form);
      await organizationService.update(id, changes, visit.administrator, (before) => {
        requireVersion(form, seen(before));
      });
      return { to: withNotice(organizationPath(id), 'saved') };
    },
  };
}

function addMember({ organizationService, users }: OrganizationActionDependencies): Action {
  return {
    name: 'members/add',
    title: ({ displayName }) => `Add a member to ${displayName}`,
    lead: () => 'The user can then sign in to this organization. You can choose roles afterwards.',
    submit: 'Add member',
    fields: (_organization, { form }) => [userField(form)],
    async act({ id }, { visit, form }) {
      const user = await findNamedUser(users, form);
      const subject = { organization: id, userId: user.id };
      await organizationService.addMember(subject, visit.administrator);
      return { to: withNotice(organizationPath(id), 'member-added') };
    },
  };
}

function userIdOf(ctx: Context): string {
  return String(ctx.params['userId']);
}

function chooseRoles(dependencies: OrganizationActionDependencies): Action {
  const { organizationService, roleService } = dependencies;
  async function requireMember({ id }: Organization, ctx: Context) {
    const member = await organizationService.findMember(id, userIdOf(ctx));
    if (member) return member;
    throw new AppError('user_not_found', 'The user is not a member of the organization.');
  }
  return {
    name: 'members/:userId/roles',
    async title(organization, { ctx }) {
      const { email } = await requireMember(organization, ctx);
      return `Roles of ${email} in ${organization.displayName}`;
    },
    lead: () => 'They apply only while the user is signed in to this organization.',
    submit: 'Save roles',
    async fields(organization, { ctx, form }) {
      const { roles: assigned } = await requireMember(organization, ctx);
      const { options: offered, hasMore } = await offeredMemberRoles(roleService);
      const label = 'Roles in this organization';
      return assignmentFields({ name: 'role', label, offered, assigned, form, hasMore });
    },
    async act({ id }, { ctx, visit, form }) {
      const { added, removed } = readAssignments(form, 'role');
      const member = { organization: id, userId: userIdOf(ctx) };
      const by = visit.administrator;
      for (const role of added) await organizationService.addRole({ ...member, role }, by);
      for (const role of removed) await organizationService.removeRole({ ...member, role }, by);
      return { to: withNotice(organizationPath(id), 'saved') };
    },
  };
}

function removeMember({ organizationService, users }: OrganizationActionDependencies): Action {
  return {
    name: 'members/:userId/remove',
    async title({ displayName }, { ctx }) {
      const { email } = await requireUser(users, userIdOf(ctx));
      return `Remove ${email} from ${displayName}?`;
    },
    lead: () => 'The user loses the roles in this organization and can no longer sign in to it.',
    submit: 'Remove member',
    isDangerous: true,
    async act({ id }, { ctx, visit }) {
      const subject = { organization: id, userId: userIdOf(ctx) };
      await organizationService.removeMember(subject, visit.administrator);
      return { to: withNotice(organizationPath(id), 'member-removed') };
    },
  };
}

function remove({ organizationService }: OrganizationActionDependencies): Action {
  return {
    name: 'delete',
    title: ({ displayName }) => `Delete ${displayName}?`,
    lead: ({ memberCount }) =>
      `${plural(memberCount, 'user')} can no longer sign in to it and lose their roles in it. The accounts are kept. This can’t be undone.`,
    submit: 'Delete organization',
    isDangerous: true,
    async act({ id }, { visit }) {
      await organizationService.remove(id, visit.administrator);
      return { to: withNotice(organizationsPath, 'deleted') };
    },
  };
}
