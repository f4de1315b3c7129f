// Organizations, their members and the roles that members have in them.
import type { Administration } from '#core/access-control/administration.service.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { RoleStore } from '#core/users/roles.store.ts';
import { organizationTables } from './organizations-tables.store.ts';
import { createOrganizationService } from './organizations.service.ts';
import { createOrganizationStore } from './organizations.store.ts';

export const organizationsModule: Module = {
  name: 'organizations',
  tables: organizationTables,
  mails: [],
};

export interface OrganizationsDependencies extends Runtime {
  readonly administration: Administration;
  readonly roles: RoleStore;
}

export function createOrganizationsModule(dependencies: OrganizationsDependencies) {
  const { administration, db, roles, now } = dependencies;
  const organizationStore = createOrganizationStore(db);
  return {
    organizationService: createOrganizationService({
      administration,
      organizationStore,
      roles,
      now,
    }),
  };
}
