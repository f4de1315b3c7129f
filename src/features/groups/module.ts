// Groups of users, which have roles.
import type { Administration } from '#core/access-control/administration.service.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { RoleStore } from '#core/users/roles.store.ts';
import { groupTables } from './groups-tables.store.ts';
import { createGroupService } from './groups.service.ts';
import { createGroupStore } from './groups.store.ts';

export const groupsModule: Module = { name: 'groups', tables: groupTables, mails: [] };

export interface GroupsDependencies extends Runtime {
  readonly administration: Administration;
  readonly approvals: Approvals;
  readonly roles: RoleStore;
}

export function createGroupsModule(dependencies: GroupsDependencies) {
  const { administration, approvals, db, roles, now } = dependencies;
  const groupStore = createGroupStore(db);
  return {
    groupService: createGroupService({ administration, approvals, groupStore, roles, now }),
  };
}
