// The list of roles, and the form of a new one.
import { clientSegment } from '#core/clients/administration/client-path.ts';
import type { RolePermissionStore } from '#core/access-control/role-permissions.store.ts';
import type { GrantedScopes } from '#core/access-control/role-permissions.ts';
import { isBuiltIn } from '#core/access-control/assignments.ts';
import type { Cursors } from '#http/api/cursors.ts';
import { cutPage } from '#platform/paging.ts';
import { plural } from '#features/admin/page/formatting.ts';
import type { Cell } from '#features/admin/page/page-model.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { readField } from '#features/admin/panel/fields.pages.ts';
import { listQuery, nextHref, readList } from '#features/admin/panel/lists.pages.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import type { ActionRoute, Panel } from '#features/admin/panel/panel.pages.ts';
import { description, roleName, type RoleDefinition } from '#features/roles/roles.ts';
import type { RoleService } from '#features/roles/roles.service.ts';

export interface RoleListDependencies {
  readonly roleService: RoleService;
  readonly rolePermissions: RolePermissionStore;
  readonly cursors: Cursors;
}

export const rolesPath = `${panelPath}/roles`;

export function rolePath(id: string): string {
  return `${rolesPath}/${encodeURIComponent(id)}`;
}

const addRole = {
  id: 'new-role',
  label: 'Create a role',
  href: `${rolesPath}/new`,
  tone: 'main',
  scope: 'roles:write',
} as const;

export function addRoleList(panel: Panel, dependencies: RoleListDependencies): void {
  const { roleService, rolePermissions, cursors } = dependencies;
  panel.page({
    path: rolesPath,
    scope: 'roles:read',
    async show(ctx) {
      const query = readList(ctx, []);
      const list = listQuery(rolesPath, query);
      const { limit, after } = cursors.pageOf(list, query.page);
      const found = await roleService.list({ after: after?.[0], limit: limit + 1 });
      const page = cutPage(found, limit, ({ id }) => [id]);
      const granted = await rolePermissions.list();
      const shown = cursors.present(list, page, (role) => rowOf(role, granted));
      return {
        title: 'Roles',
        lead: 'What users can do in apps and in this panel. Users get roles directly, through a group or in an organization.',
        actions: [addRole],
        blocks: [
          {
            kind: 'table',
            caption: 'Roles by id',
            columns: [{ label: 'Role' }, { label: 'Applies to' }, { label: 'Permissions' }],
            rows: shown.items,
            empty: 'No roles.',
            next: nextHref(rolesPath, query, shown.next_cursor),
          },
        ],
      };
    },
  });
  panel.action(createRole(dependencies));
}

function rowOf(role: RoleDefinition, granted: readonly GrantedScopes[]): readonly Cell[] {
  const { id, clientId } = role;
  return [
    nameCell(role),
    clientId === undefined
      ? 'all clients'
      : {
          text: clientId,
          href: `${panelPath}/clients/${encodeURIComponent(clientSegment(clientId))}`,
        },
    rightsOf(id, granted),
  ];
}

function nameCell({ id, description: hint }: RoleDefinition): Cell {
  const link = { text: id, href: rolePath(id), isStrong: true, hint };
  return isBuiltIn(id)
    ? [
        { ...link, hint: undefined },
        { text: 'built in', tag: 'quiet', hint },
      ]
    : link;
}

function rightsOf(role: string, all: readonly GrantedScopes[]): string {
  if (role === 'admin') return 'everything';
  if (role === 'auditor') return 'read-only';
  const granted = all.filter((each) => each.role === role);
  if (granted.length === 0) return 'named in claims only';
  const scopes = granted.reduce((count, each) => count + each.scopes.length, 0);
  return `${plural(scopes, 'scope')} in ${plural(granted.length, 'API')}`;
}

function createRole({ roleService }: RoleListDependencies): ActionRoute {
  return {
    path: `${rolesPath}/new`,
    scope: 'roles:write',
    protection: 'recent',
    async show(_ctx, _visit, form) {
      return {
        title: 'Create a role',
        lead: 'You choose its permissions on the next page. Apps receive its name in the `roles` claim.',
        back: { label: 'Roles', href: rolesPath },
        blocks: [
          {
            kind: 'form',
            submit: 'Create role',
            cancelHref: rolesPath,
            fields: [
              {
                name: 'name',
                label: 'Name',
                type: 'text',
                isRequired: true,
                maxLength: 64,
                value: form?.get('name'),
                hint: 'Lowercase letters, digits and . _ -, such as editor. Can’t be changed later.',
              },
              {
                name: 'client',
                label: 'Only for the client',
                type: 'text',
                value: form?.get('client'),
                hint: 'A client_id. Leave empty to apply the role to all clients.',
              },
              descriptionField(form?.get('description')),
            ],
          },
        ],
      };
    },
    async act(_ctx, { administrator }, form) {
      const role = {
        name: readField(form, 'name', roleName, 'The name'),
        clientId: form.get('client').trim() || undefined,
        description: readDescription(form.get('description')),
      };
      const { id } = await roleService.create(role, administrator);
      return { to: withNotice(rolePath(id), 'created') };
    },
  };
}

export function descriptionField(value: string | undefined) {
  return {
    name: 'description',
    label: 'Description',
    type: 'text',
    maxLength: 300,
    value,
    hint: 'For other administrators: what the role is for.',
  } as const;
}

/** @throws AppError `invalid_input` */
export function readDescription(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  return readField({ get: () => text }, 'description', description, 'The description');
}
