// Roles and the permissions that they grant.
import type { Administration } from '#core/access-control/administration.service.ts';
import type { RolePermissionStore } from '#core/access-control/role-permissions.store.ts';
import type { ApiResourceStore } from '#core/clients/api-resources.store.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { roleTables } from './roles-tables.store.ts';
import { createRoleDefinitionStore } from './roles.store.ts';
import { createRoleService } from './roles.service.ts';

export const rolesModule: Module = { name: 'roles', tables: roleTables, mails: [] };

export interface RolesDependencies extends Runtime {
  readonly administration: Administration;
  readonly rolePermissions: RolePermissionStore;
  readonly apiResources: ApiResourceStore;
  readonly clientStore: ClientStore;
}

export function createRolesModule(dependencies: RolesDependencies) {
  const { administration, rolePermissions, apiResources, clientStore, now } = dependencies;
  const roleDefinitions = createRoleDefinitionStore(dependencies.db);
  const { issuer } = dependencies.config;
  return {
    roleDefinitions,
    roleService: createRoleService({
      administration,
      roleDefinitions,
      rolePermissions,
      apiResources,
      clientStore,
      issuer,
      now,
    }),
  };
}
