// Acts of administrators that wait for a second one.
import type { Rank } from '#core/access-control/rank.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { approvalTables } from './approvals-tables.store.ts';
import { createApprovals } from './approvals.service.ts';
import { createApprovalStore } from './approvals.store.ts';

export const approvalsModule: Module = { name: 'approvals', tables: approvalTables, mails: [] };

export interface ApprovalsModuleDependencies extends Runtime {
  readonly rank: Rank;
  readonly audit: Audit;
}

export function createApprovalsModule(dependencies: ApprovalsModuleDependencies) {
  const { db, config } = dependencies;
  const approvalStore = createApprovalStore(db);
  const required = config.approvalRequired;
  return {
    approvalStore,
    approvals: createApprovals({ ...dependencies, approvalStore, required }),
  };
}
