// Defines roles and the permissions that they grant. Roles are assigned to users in
// features/user-administration, to groups and to members of organizations in those features.
import type { Knex } from 'knex';
import { isBuiltIn, roleId } from '#core/access-control/assignments.ts';
import type {
  Administration,
  Administrator,
  Change,
} from '#core/access-control/administration.service.ts';
import type { RolePermissionStore } from '#core/access-control/role-permissions.store.ts';
import { managementRights } from '#core/access-control/role-permissions.ts';
import type { ApiResourceStore } from '#core/clients/api-resources.store.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import { managementAudience, managementScopes } from '#core/clients/scopes.ts';
import { AppError } from '#platform/errors.ts';
import { cutPage, type Page, type PageRequest } from '#platform/paging.ts';
import type { NewRole, RoleDefinition, RoleHolder, RolePermission, ShownRole } from './roles.ts';
import type { RoleDefinitionStore } from './roles.store.ts';

export interface RoleServiceDependencies {
  readonly administration: Administration;
  readonly roleDefinitions: RoleDefinitionStore;
  readonly rolePermissions: RolePermissionStore;
  readonly apiResources: ApiResourceStore;
  readonly clientStore: ClientStore;
  readonly issuer: string;
  readonly now: () => Date;
}

export function createRoleService(dependencies: RoleServiceDependencies) {
  const { administration, roleDefinitions: store } = dependencies;
  const scope = 'roles:write';
  const show = (id: string) => requireShown(dependencies, id);
  return {
    /** @throws AppError `not_found` */
    show,
    namesOf: store.namesOf,
    /** In the order of their ids. */
    list: (options: Parameters<RoleDefinitionStore['list']>[0]) => store.list(options),
    /** @throws AppError `conflict` when there is such a role, `client_not_found` */
    async create(role: NewRole, by: Administrator): Promise<ShownRole> {
      const created = await administration.change({ by, scope }, (change) =>
        create(dependencies, change, role),
      );
      return show(created);
    },
    /** @throws AppError `not_found`, `conflict` for a built-in role */
    async describe(
      id: string,
      description: string | undefined,
      by: Administrator,
      check?: (before: RoleDefinition) => void,
    ): Promise<ShownRole> {
      await administration.change({ by, scope }, async (change) => {
        const before = await requireChangeable(dependencies, change, id);
        check?.(before);
        await store.describe(id, description, change.tx);
        await change.record({ event: 'role.updated', details: { role: id } });
      });
      return show(id);
    },
    /** Users, groups and clients lose it at once. @throws AppError `not_found`, `conflict` */
    async remove(id: string, by: Administrator): Promise<void> {
      await administration.change({ by, scope }, async (change) => {
        await requireChangeable(dependencies, change, id);
        await store.remove(id, change.tx);
        await change.record({ event: 'role.deleted', details: { role: id } });
      });
    },
    /** @throws AppError `invalid_input` for a scope that the API does not have */
    async addPermission(
      id: string,
      permission: RolePermission,
      by: Administrator,
    ): Promise<ShownRole> {
      await administration.change({ by, scope }, (change) =>
        changePermission(dependencies, change, { id, permission, kind: 'add' }),
      );
      return show(id);
    },
    /**
     * Replaces the scopes that the role grants at one API.
     * @param check receives the scopes before the change, and throws to refuse the change
     */
    async setPermission(
      id: string,
      permission: RolePermission,
      by: Administrator,
      check?: (before: readonly string[]) => void,
    ): Promise<ShownRole> {
      await administration.change({ by, scope }, (change) =>
        replacePermission(dependencies, change, { id, permission, check }),
      );
      return show(id);
    },
    /** The users who have it directly, in the order of their ids. @throws AppError `not_found` */
    async listHolders(id: string, { after, limit }: PageRequest): Promise<Page<RoleHolder>> {
      const holders = await store.listHolders(id, { after, limit: limit + 1 });
      return cutPage(holders, limit, ({ userId }) => [userId]);
    },
    async removePermission(
      id: string,
      permission: RolePermission,
      by: Administrator,
    ): Promise<ShownRole> {
      await administration.change({ by, scope }, (change) =>
        changePermission(dependencies, change, { id, permission, kind: 'remove' }),
      );
      return show(id);
    },
  };
}

export type RoleService = ReturnType<typeof createRoleService>;

async function requireShown(
  { roleDefinitions, rolePermissions, issuer }: RoleServiceDependencies,
  id: string,
): Promise<ShownRole> {
  const [role, all] = await Promise.all([roleDefinitions.find(id), rolePermissions.list()]);
  if (!role) throw notFound();
  const management = managementAudience(issuer);
  const own = all.filter((each) => each.role === id);
  const permissions = isBuiltIn(id)
    ? [{ audience: management, scopes: [...managementRights([], [id])] }]
    : own.map(({ audience = management, scopes }) => ({ audience, scopes }));
  return { ...role, permissions, isBuiltIn: isBuiltIn(id) };
}

async function create(
  { roleDefinitions, clientStore, now }: RoleServiceDependencies,
  { tx, record }: Change,
  { name, clientId, description }: NewRole,
): Promise<string> {
  if (clientId !== undefined && !(await clientStore.find(clientId, tx))) {
    throw new AppError('client_not_found', 'Client not found.');
  }
  const id = roleId(name, clientId);
  await roleDefinitions.insert({ id, name, clientId, description, createdAt: now() }, tx);
  await record({ event: 'role.created', clientId, details: { role: id } });
  return id;
}

/** Built-in roles belong to this version of the server. */
async function requireChangeable(
  { roleDefinitions }: RoleServiceDependencies,
  { tx, concerns }: Change,
  id: string,
): Promise<RoleDefinition> {
  const role = await roleDefinitions.find(id, tx);
  if (!role) throw notFound();
  if (isBuiltIn(id)) throw new AppError('conflict', 'This role is built in.');
  await concerns({ roles: [id] });
  return role;
}

interface PermissionChange {
  readonly id: string;
  readonly permission: RolePermission;
  readonly kind: 'add' | 'remove';
}

async function changePermission(
  dependencies: RoleServiceDependencies,
  change: Change,
  { id, permission, kind }: PermissionChange,
): Promise<void> {
  const { roleDefinitions, issuer } = dependencies;
  const role = await requireChangeable(dependencies, change, id);
  const isManagement = permission.audience === managementAudience(issuer);
  if (kind === 'add') await checkPermission(dependencies, role, { ...permission, tx: change.tx });
  if (isManagement) await change.concerns({ scopes: permission.scopes });
  const audience = isManagement ? undefined : permission.audience;
  const changed = { role: id, audience, scopes: permission.scopes };
  const count =
    kind === 'add'
      ? await roleDefinitions.addPermissions(changed, change.tx)
      : await roleDefinitions.removePermissions(changed, change.tx);
  if (count === 0) return;
  const details = { role: id, kind, audience: permission.audience, scopes: permission.scopes };
  await change.record({ event: 'role.permissions_changed', clientId: role.clientId, details });
}

interface Replacement {
  readonly id: string;
  readonly permission: RolePermission;
  readonly check: ((before: readonly string[]) => void) | undefined;
}

async function replacePermission(
  dependencies: RoleServiceDependencies,
  change: Change,
  { id, permission: { audience, scopes }, check }: Replacement,
): Promise<void> {
  const stored = audience === managementAudience(dependencies.issuer) ? undefined : audience;
  const all = await dependencies.rolePermissions.list(change.tx);
  const before =
    all.find((each) => each.role === id && each.audience === stored)?.scopes ?? noScopes;
  check?.(before);
  const added = scopes.filter((scope) => !before.includes(scope));
  const removed = before.filter((scope) => !scopes.includes(scope));
  // Refuses an unknown or built-in role even if nothing changes.
  await requireChangeable(dependencies, change, id);
  for (const [kind, changed] of [['add', added] as const, ['remove', removed] as const]) {
    if (changed.length === 0) continue;
    await changePermission(dependencies, change, {
      id,
      kind,
      permission: { audience, scopes: changed },
    });
  }
}

const noScopes: readonly string[] = [];

async function checkPermission(
  { apiResources, issuer }: RoleServiceDependencies,
  { clientId }: RoleDefinition,
  { audience, scopes, tx }: RolePermission & { readonly tx: Knex },
): Promise<void> {
  const isManagement = audience === managementAudience(issuer);
  if (isManagement && clientId !== undefined) {
    const message = 'Only a global role can grant permissions of the management API.';
    throw new AppError('invalid_input', message);
  }
  const known: readonly string[] | undefined = isManagement
    ? managementScopes
    : (await apiResources.find(audience, tx))?.scopes;
  if (!known) throw new AppError('invalid_input', 'There is no API with this audience.');
  const unknown = scopes.find((scope) => !known.includes(scope));
  if (unknown === undefined) return;
  throw new AppError('invalid_input', `The API has no scope ${JSON.stringify(unknown)}.`);
}

function notFound(): AppError {
  return new AppError('not_found', 'Role not found.');
}
