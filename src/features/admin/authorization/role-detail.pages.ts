// One role: the scopes that it grants at each API, and the users who have it.
import { clientSegment } from '#core/clients/administration/client-path.ts';
import type { ApiResourceStore } from '#core/clients/api-resources.store.ts';
import type { RoleAdministration } from '#features/user-administration/role-administration.service.ts';
import { managementAudience, managementScopes } from '#core/clients/scopes.ts';
import type { Cursors } from '#http/api/cursors.ts';
import { exactTime, plural, relativeTime } from '#features/admin/page/formatting.ts';
import type { ActionLink, Block, TableBlock } from '#features/admin/page/page-model.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { listQuery, nextHref, readList } from '#features/admin/panel/lists.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import type { GroupService } from '#features/groups/groups.service.ts';
import type { Group } from '#features/groups/groups.ts';
import type { ShownRole } from '#features/roles/roles.ts';
import type { RoleService } from '#features/roles/roles.service.ts';
import { rolePath, rolesPath } from './role-list.pages.ts';

export interface RoleDetailDependencies {
  readonly roleService: RoleService;
  readonly roleAdministration: RoleAdministration;
  readonly groupService: GroupService;
  readonly apiResources: ApiResourceStore;
  readonly cursors: Cursors;
  readonly issuer: string;
  readonly now: () => Date;
}

const shownGroups = 25;

export function addRoleDetail(panel: Panel, dependencies: RoleDetailDependencies): void {
  const { roleService, roleAdministration, groupService, cursors, now } = dependencies;
  panel.page({
    path: `${rolesPath}/:roleId`,
    scope: 'roles:read',
    async show(ctx, visit) {
      const role = await roleService.show(String(ctx.params['roleId']));
      const path = rolePath(role.id);
      const query = readList(ctx, []);
      const list = listQuery(path, query);
      const [apis, groups, holders, count] = await Promise.all([
        offeredApis(dependencies, role),
        groupService.listWithRole(role.id, shownGroups),
        roleService.listHolders(role.id, cursors.pageOf(list, query.page)),
        roleAdministration.countOf(role.id),
      ]);
      const mayWrite = visit.may('roles:write');
      const shown = cursors.present(list, holders, ({ userId, email, grantedAt }) => [
        { text: email, href: `${panelPath}/users/${userId}`, isStrong: true },
        relativeTime(grantedAt, now()),
        mayWrite ? { text: 'Remove', href: `${path}/holders/${userId}`, isDangerous: true } : '',
      ]);
      return {
        title: role.id,
        lead: role.description,
        tags: role.isBuiltIn ? [{ text: 'built in', tag: 'quiet' }] : [],
        back: { label: 'Roles', href: rolesPath },
        actions: actionsFor(role),
        blocks: [
          factsOf(role, count),
          rightsTable(role, apis, mayWrite && !role.isBuiltIn),
          holderTable(shown.items, nextHref(path, query, shown.next_cursor)),
          ...(groups.length > 0 && visit.may('groups:read') ? [groupTable(groups)] : []),
        ],
      };
    },
  });
}

function actionsFor({ id, isBuiltIn }: ShownRole): readonly ActionLink[] {
  const act = (name: string, label: string, tone?: ActionLink['tone']): ActionLink => ({
    id: `act-${name}`,
    label,
    tone,
    href: `${rolePath(id)}/${name}`,
    scope: 'roles:write',
  });
  const grant = act('grant', 'Assign to a user', 'main');
  return isBuiltIn ? [grant] : [grant, act('edit', 'Edit'), act('delete', 'Delete', 'danger')];
}

function factsOf({ id, clientId, createdAt, name }: ShownRole, count: number): Block {
  return {
    kind: 'facts',
    title: 'Role',
    facts: [
      // The id of a role of one client contains the client, so it differs from the name in the claim.
      ...(name === id
        ? []
        : [{ label: 'Name in the `roles` claim', value: { text: name, isCode: true } }]),
      {
        label: 'Applies to',
        value:
          clientId === undefined
            ? 'all clients'
            : {
                text: clientId,
                href: `${panelPath}/clients/${encodeURIComponent(clientSegment(clientId))}`,
              },
      },
      { label: 'Assigned to', value: `${plural(count, 'user')}, directly or through a group` },
      { label: 'Created', value: exactTime(createdAt) },
    ],
  };
}

export interface OfferedApi {
  readonly audience: string;
  readonly scopes: readonly string[];
}

/** The APIs whose scopes the role can grant: the management API only for a global role. */
export async function offeredApis(
  { apiResources, issuer }: Pick<RoleDetailDependencies, 'apiResources' | 'issuer'>,
  { clientId }: Pick<ShownRole, 'clientId'>,
): Promise<readonly OfferedApi[]> {
  const own = { audience: managementAudience(issuer), scopes: managementScopes };
  const others = await apiResources.list();
  return clientId === undefined ? [...others, own] : others;
}

function rightsTable(
  { id, permissions }: ShownRole,
  apis: readonly OfferedApi[],
  mayWrite: boolean,
): TableBlock {
  const scopesAt = (audience: string) =>
    permissions.find((each) => each.audience === audience)?.scopes ?? [];
  const shown = mayWrite ? apis : apis.filter(({ audience }) => scopesAt(audience).length > 0);
  return {
    kind: 'table',
    title: 'Permissions',
    caption: 'Allowed scopes, by API',
    columns: [{ label: 'API' }, { label: 'Scopes' }, ...(mayWrite ? [{ label: 'Action' }] : [])],
    rows: shown.map(({ audience }) => [
      { text: audience, isCode: true },
      scopesAt(audience).length === 0
        ? 'none'
        : scopesAt(audience).map((text) => ({ text, tag: 'quiet' as const })),
      ...(mayWrite
        ? [
            {
              text: 'Change',
              href: `${rolePath(id)}/rights?${new URLSearchParams({ audience }).toString()}`,
            },
          ]
        : []),
    ]),
    empty: 'This role has no permissions of its own. Apps read its name in the `roles` claim.',
  };
}

function holderTable(rows: TableBlock['rows'], next: string | undefined): TableBlock {
  return {
    kind: 'table',
    title: 'Users',
    caption: 'Users who have the role directly',
    columns: [{ label: 'User' }, { label: 'Since' }, { label: 'Action' }],
    rows,
    empty: 'No user has this role directly.',
    next,
  };
}

function groupTable(groups: readonly Group[]): TableBlock {
  return {
    kind: 'table',
    title: 'Groups',
    caption: 'Groups whose members have the role',
    columns: [{ label: 'Group' }, { label: 'Members', isNumber: true }],
    rows: groups.map(({ id, name, memberCount }) => [
      { text: name, href: `${panelPath}/groups/${id}`, isStrong: true },
      String(memberCount),
    ]),
    empty: '',
  };
}
