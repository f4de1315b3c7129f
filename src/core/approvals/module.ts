// Acts of administrators that wait for a second one.
import type { Rank } from '#core/access-control/rank.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import { createApprovalNotices } from './approval-notices.service.ts';
import { approvalMails } from './approvals.mails.ts';
import { approvalTables } from './approvals-tables.store.ts';
import { createApprovals } from './approvals.service.ts';
import { createApprovalStore } from './approvals.store.ts';

export const approvalsModule: Module = {
  name: 'approvals',
  tables: approvalTables,
  mails: approvalMails,
};

export interface ApprovalsModuleDependencies extends Runtime {
  readonly rank: Rank;
  readonly audit: Audit;
  readonly notifications: Notifications;
}

export function createApprovalsModule(dependencies: ApprovalsModuleDependencies) {
  const { db, config } = dependencies;
  const approvalStore = createApprovalStore(db);
  const required = config.approvalRequired;
  const notices = createApprovalNotices({ ...dependencies, issuer: config.issuer });
  return {
    approvalStore,
    approvals: createApprovals({ ...dependencies, approvalStore, notices, required }),
  };
}
