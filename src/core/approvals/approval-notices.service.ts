// Informs the requester by mail that a request was approved, rejected or refused.
import type { Knex } from 'knex';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import { approvalDecidedMail } from './approval-mail-templates.ts';
import type { Approval } from './approvals.ts';
import type { Decision } from './approvals.store.ts';

export interface ApprovalNoticeDependencies {
  readonly notifications: Notifications;
  readonly issuer: string;
}

export function createApprovalNotices({ notifications, issuer }: ApprovalNoticeDependencies) {
  return {
    /** Queues the mail in the transaction of the decision; clients and operators get none. */
    async tell({ act, requestedBy, createdAt }: Approval, { state, by, at }: Decision, tx: Knex) {
      const { kind, id } = requestedBy;
      const isOwn = by.kind === kind && by.id === id;
      if (kind !== 'user' || id === undefined || isOwn) return;
      const link = `${issuer}/auth/admin/approvals`;
      const requestedAt = createdAt.toISOString();
      const mail = approvalDecidedMail({ state, act, at: at.toISOString(), requestedAt, link });
      await notifications.notifyUser(id, mail, tx);
    },
  };
}

export type ApprovalNotices = ReturnType<typeof createApprovalNotices>;
