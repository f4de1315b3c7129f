// Rules for who may sign in to a client.
import type { Administration } from '#core/access-control/administration.service.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { RoleStore } from '#core/users/roles.store.ts';
import { createGroupStore } from '#features/groups/groups.store.ts';
import { createOrganizationStore } from '#features/organizations/organizations.store.ts';
import { clientAccessTables } from './client-access-tables.store.ts';
import { createClientAccessService } from './client-access.service.ts';
import { createClientAccessStore } from './client-access.store.ts';

export const clientAccessModule: Module = {
  name: 'client-access',
  tables: clientAccessTables,
  mails: [],
};

export interface ClientAccessModuleDependencies extends Runtime {
  readonly administration: Administration;
  readonly clientStore: ClientStore;
  readonly roles: RoleStore;
}

export function createClientAccessModule(dependencies: ClientAccessModuleDependencies) {
  const { administration, clientStore, db, roles } = dependencies;
  return {
    clientAccessService: createClientAccessService({
      administration,
      clientStore,
      roles,
      clientAccessStore: createClientAccessStore(db),
      groupStore: createGroupStore(db),
      organizationStore: createOrganizationStore(db),
    }),
  };
}
