// The job that removes expired rows and deletes the accounts that are due.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { TableRules } from '#core/modules/table-rules.ts';
import type { Impersonations } from '#core/impersonations/impersonations.service.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import type { Deletion } from '#features/account-deletion/account-deletion.service.ts';
import type { UnusedClients } from '#features/client-registration/unused-clients.service.ts';
import { createCleanupJob } from './cleanup.service.ts';
import { createExpiredRowStore } from './expired-rows.store.ts';

export const cleanupModule: Module = { name: 'cleanup', tables: [], mails: [] };

export interface CleanupDependencies extends Runtime {
  readonly tables: readonly TableRules[];
  readonly deletion: Deletion;
  readonly impersonations: Impersonations;
  readonly approvals: Approvals;
  readonly unusedClients: UnusedClients;
}

export function createCleanupModule(dependencies: CleanupDependencies) {
  const { tables, db } = dependencies;
  const expired = createExpiredRowStore(db, tables);
  return { cleanupJob: createCleanupJob({ ...dependencies, expired }) };
}
