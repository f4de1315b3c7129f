// Removal of the data of an account, from the tables of all modules.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { TableRules } from '#core/modules/table-rules.ts';
import type { AuditEventStore } from '#core/audit/audit-events.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import { createAccountCleanup } from './account-cleanup.service.ts';
import { createAccountRemovalStore } from './account-removal.store.ts';

export const accountDataModule: Module = { name: 'account-data', tables: [], mails: [] };

export interface AccountDataDependencies extends Runtime {
  readonly tables: readonly TableRules[];
  readonly audit: Audit;
  readonly auditEvents: AuditEventStore;
}

export function createAccountDataModule(dependencies: AccountDataDependencies) {
  const { tables, audit, auditEvents } = dependencies;
  const accountRemoval = createAccountRemovalStore(dependencies.db, tables);
  return { accountCleanup: createAccountCleanup({ accountRemoval, audit, auditEvents }) };
}
