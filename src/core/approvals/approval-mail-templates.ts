// The mail about a decided approval; approvals.mails.ts renders it.
import type { ApprovalAct } from '#config/kinds/approval-acts.ts';
import { defineMail } from '#core/outbox/mail/mail.ts';
import type { ApprovalState } from './approvals.ts';

/** To the requester. The target is not named: the panel shows it to administrators who may see it. */
export const approvalDecidedMail = defineMail<{
  readonly state: Exclude<ApprovalState, 'pending'>;
  readonly act: ApprovalAct;
  /** RFC 3339. */
  readonly at: string;
  /** RFC 3339. Mail that an earlier version queued does not have it. */
  readonly requestedAt: string;
  /** The approvals in the panel. */
  readonly link: string;
}>('approval_decided');
