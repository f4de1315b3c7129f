// Actions on one role: describe, change its permissions, grant, withdraw, delete.
import { isBuiltIn } from '#core/access-control/assignments.ts';
import type { ApiResourceStore } from '#core/clients/api-resources.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { requireUser } from '#core/users/users.api.ts';
import type { Context } from '#http/context.ts';
import { AppError } from '#platform/errors.ts';
import { plural } from '#features/admin/page/formatting.ts';
import type { Option } from '#features/admin/page/page-model.ts';
import { addEntityActions, type EntityAction } from '#features/admin/panel/entity-actions.pages.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import {
  currentValues,
  requireVersion,
  versionField,
} from '#features/admin/panel/versions.pages.ts';
import type { GroupService } from '#features/groups/groups.service.ts';
import type { ShownRole } from '#features/roles/roles.ts';
import type { RoleService } from '#features/roles/roles.service.ts';
import type { RoleAdministration } from '#features/user-administration/role-administration.service.ts';
import { findNamedUser, userField } from './named-user.pages.ts';
import { offeredApis } from './role-detail.pages.ts';
import { descriptionField, readDescription, rolePath, rolesPath } from './role-list.pages.ts';

export interface RoleActionDependencies {
  readonly roleService: RoleService;
  readonly roleAdministration: RoleAdministration;
  readonly groupService: GroupService;
  readonly apiResources: ApiResourceStore;
  readonly users: UserStore;
  readonly issuer: string;
}

export function addRoleActions(panel: Panel, dependencies: RoleActionDependencies): void {
  addEntityActions(
    panel,
    {
      path: `${rolesPath}/:roleId`,
      scope: 'roles:write',
      find: (ctx) => dependencies.roleService.show(String(ctx.params['roleId'])),
      linkOf: ({ id }) => ({ label: id, href: rolePath(id) }),
    },
    [
      describe(dependencies),
      changeRights(dependencies),
      grant(dependencies),
      withdraw(dependencies),
      remove(dependencies),
    ],
  );
}

/** @throws AppError `conflict`, before a form that could not be sent is shown */
function requireOwn({ id }: ShownRole): void {
  if (isBuiltIn(id)) throw new AppError('conflict', 'This role is built in.');
}

function describe({ roleService }: RoleActionDependencies): EntityAction<ShownRole> {
  const seen = ({ description = '' }: { readonly description?: string | undefined }) => ({
    description,
  });
  return {
    name: 'edit',
    protection: 'recent',
    title: ({ id }) => `Edit ${id}`,
    lead: () => 'The name is part of tokens and can’t be changed.',
    submit: 'Save',
    fields(role, { form }) {
      requireOwn(role);
      return [
        versionField(seen(role)),
        descriptionField(form?.get('description') ?? role.description),
      ];
    },
    above: (role, { form }) =>
      currentValues(form, seen(role), [
        { label: 'Description', value: role.description ?? 'none' },
      ]),
    async act({ id }, { visit, form }) {
      const text = readDescription(form.get('description'));
      await roleService.describe(id, text, visit.administrator, (before) => {
        requireVersion(form, seen(before));
      });
      return { to: withNotice(rolePath(id), 'saved') };
    },
  };
}

function audienceOf(ctx: Context, form: { get(name: string): string } | undefined): string {
  return form?.get('audience') ?? new URLSearchParams(ctx.querystring).get('audience') ?? '';
}

/** Scopes such as users:read are grouped by prefix; scopes without a prefix come first. */
function scopeOptions(scopes: readonly string[]): readonly Option[] {
  const parts = (scope: string) => /^([^:]+):([^:]+)$/.exec(scope) ?? [scope];
  const options = scopes.toSorted().map((scope): Option => {
    const [, group, rest] = parts(scope);
    if (group === undefined || rest === undefined) return { value: scope, label: scope };
    return { value: scope, label: rest, group, prefix: `${group}:` };
  });
  const place = ({ label }: Option) => (label === 'read' ? 0 : label === 'write' ? 1 : 2);
  return options.toSorted(
    (a, b) => (a.group ?? '').localeCompare(b.group ?? '') || place(a) - place(b),
  );
}

function changeRights(dependencies: RoleActionDependencies): EntityAction<ShownRole> {
  const scopesOf = ({ permissions }: ShownRole, audience: string) =>
    permissions.find((each) => each.audience === audience)?.scopes ?? [];
  return {
    name: 'rights',
    title: ({ id }) => `Permissions for ${id}`,
    lead: (_role, { ctx, form }) =>
      `For ${audienceOf(ctx, form)}. Changes apply immediately, including to tokens already issued.`,
    submit: 'Save',
    async fields(role, { ctx, form }) {
      requireOwn(role);
      const audience = audienceOf(ctx, form);
      const apis = await offeredApis(dependencies, role);
      const api = apis.find((each) => each.audience === audience);
      if (!api) throw new AppError('not_found', 'There is no API with this audience.');
      const held = scopesOf(role, audience);
      const isOn = (scope: string) =>
        form ? form.get(`scope-${scope}`) === 'on' : held.includes(scope);
      const options = scopeOptions([...new Set([...api.scopes, ...held])]).map((option) => ({
        ...option,
        isOn: isOn(option.value),
      }));
      return [
        versionField([...held].toSorted()),
        { name: 'audience', label: '', type: 'hidden', value: audience },
        { name: 'scope', label: 'Scopes this role grants', type: 'checks', options },
      ];
    },
    above(role, { ctx, form }) {
      const held = [...scopesOf(role, audienceOf(ctx, form))].toSorted();
      return currentValues(form, held, [{ label: 'Scopes', value: held.join(' ') || 'none' }]);
    },
    async act({ id }, { visit, form }) {
      const scopes = form
        .names()
        .filter((name) => name.startsWith('scope-') && form.get(name) === 'on')
        .map((name) => name.slice('scope-'.length));
      const permission = { audience: form.get('audience'), scopes };
      await dependencies.roleService.setPermission(id, permission, visit.administrator, (before) =>
        requireVersion(form, [...before].toSorted()),
      );
      return { to: withNotice(rolePath(id), 'saved') };
    },
  };
}

function grant({ roleAdministration, users }: RoleActionDependencies): EntityAction<ShownRole> {
  return {
    name: 'grant',
    title: ({ id }) => `Assign ${id} to a user`,
    lead: () => 'The user gets the role’s permissions immediately.',
    submit: 'Assign the role',
    fields: (_role, { form }) => [userField(form)],
    async act({ id }, { visit, form }) {
      const { id: userId } = await findNamedUser(users, form);
      await roleAdministration.grant(userId, id, visit.administrator);
      return { to: withNotice(rolePath(id), 'role-granted') };
    },
  };
}

function withdraw({ roleAdministration, users }: RoleActionDependencies): EntityAction<ShownRole> {
  return {
    name: 'holders/:userId',
    async title({ id }, { ctx }) {
      const { email } = await requireUser(users, String(ctx.params['userId']));
      return `Remove ${id} from ${email}?`;
    },
    lead: () => 'Changes apply immediately, including to tokens already issued.',
    submit: 'Remove role',
    isDangerous: true,
    async act({ id }, { ctx, visit }) {
      const userId = String(ctx.params['userId']);
      if (userId === visit.user.id) {
        throw new AppError('conflict', 'You can’t remove your own role.');
      }
      await roleAdministration.withdraw(userId, id, visit.administrator);
      return { to: withNotice(rolePath(id), 'role-withdrawn') };
    },
  };
}

function remove(dependencies: RoleActionDependencies): EntityAction<ShownRole> {
  const { roleService, roleAdministration } = dependencies;
  return {
    name: 'delete',
    title: ({ id }) => `Delete ${id}?`,
    async lead(role) {
      requireOwn(role);
      const count = await roleAdministration.countOf(role.id);
      return `${plural(count, 'user')}, and every group and organization that uses it, lose it immediately, including in tokens already issued. This can’t be undone.`;
    },
    submit: 'Delete role',
    isDangerous: true,
    async act({ id }, { visit }) {
      await roleService.remove(id, visit.administrator);
      return { to: withNotice(rolesPath, 'deleted') };
    },
  };
}
