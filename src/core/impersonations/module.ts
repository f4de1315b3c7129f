// Impersonation: administrators who are signed in as a user for some minutes.
import type { AdministratorStore } from '#core/access-control/administrators.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import { impersonationTables } from './impersonations-tables.store.ts';
import { impersonationMails } from './impersonations.mails.ts';
import { createImpersonations } from './impersonations.service.ts';
import { createImpersonationStore } from './impersonations.store.ts';

export const impersonationsModule: Module = {
  name: 'impersonations',
  tables: impersonationTables,
  mails: impersonationMails,
};

export interface ImpersonationsModuleDependencies extends Runtime {
  readonly administrators: AdministratorStore;
  readonly audit: Audit;
  readonly notifications: Notifications;
  readonly blocking: Blocking;
  readonly invalidation: Invalidation;
}

export function createImpersonationsModule(dependencies: ImpersonationsModuleDependencies) {
  const impersonationStore = createImpersonationStore(dependencies.db);
  return { impersonations: createImpersonations({ ...dependencies, impersonationStore }) };
}
