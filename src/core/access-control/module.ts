// What users may do: the assignments of a user and the permissions of roles. The capabilities that
// change them are in features/roles, groups, organizations and client-access.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import { countLookups } from '#platform/metrics/cache-metrics.ts';
import { createAccessControl } from './access-control.service.ts';
import { createAdministration } from './administration.service.ts';
import { createAdministratorStore } from './administrators.store.ts';
import { createAssignmentStore } from './assignments.store.ts';
import { createRank } from './rank.service.ts';
import { createRolePermissionStore } from './role-permissions.store.ts';

export const accessControlModule: Module = { name: 'access-control', tables: [], mails: [] };

export interface AccessControlModuleDependencies extends Runtime {
  readonly audit: Audit;
  readonly invalidation: Invalidation;
}

export function createAccessControlModule(dependencies: AccessControlModuleDependencies) {
  const { audit, config, db, invalidation, metrics, now } = dependencies;
  const administrators = createAdministratorStore(db);
  const assignments = createAssignmentStore(db);
  const rolePermissions = createRolePermissionStore(db);
  const rank = createRank({ db, administrators, assignments, rolePermissions, now });
  const { issuer } = config;
  return {
    administrators,
    rank,
    rolePermissions,
    assignments,
    administration: createAdministration({
      db,
      administrators,
      rank,
      assignments,
      rolePermissions,
      audit,
      invalidation,
      now,
    }),
    accessControl: createAccessControl({
      rolePermissions,
      invalidation,
      issuer,
      lookedUp: countLookups(metrics, 'role_permissions'),
      now,
    }),
  };
}
