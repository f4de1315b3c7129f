// Types and rules of approvals: an act of an administrator that waits for a second administrator
// (decision 0032).
import type { ApprovalAct } from '#config/kinds/approval-acts.ts';
import type { ActorKind } from '#core/audit/audit.ts';
import { managementScopes, type ManagementScope } from '#core/clients/scopes.ts';
import { AppError } from '#platform/errors.ts';

/** A pending request expires after this time, so that an outdated one is not approved by habit. */
export const approvalDays = 7;

export const approvalStates = ['pending', 'executed', 'rejected', 'refused', 'expired'] as const;
export type ApprovalState = (typeof approvalStates)[number];

export interface Party {
  readonly kind: ActorKind;
  readonly id?: string | undefined;
}

export interface Approval {
  readonly id: string;
  readonly act: ApprovalAct;
  /** The target; `undefined` for an act that concerns everyone. */
  readonly userId: string | undefined;
  readonly targetVersion: string | undefined;
  readonly requestedBy: Party;
  /** Scopes of the requester's token; `undefined` on the command line, which has every right. */
  readonly scopes: readonly string[] | undefined;
  readonly reason: string | undefined;
  readonly state: ApprovalState;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly decidedBy: Party | undefined;
  readonly decidedAt: Date | undefined;
  readonly refusal: string | undefined;
}

/** The scopes that requester and approver need, besides rank over the target. */
export const scopesOfAct: Readonly<Record<ApprovalAct, readonly ManagementScope[]>> = {
  'users.delete': ['users:write'],
  'roles.grant-admin': ['roles:write'],
  'sessions.end-all': ['users:write', 'sessions:write'],
  'keys.rotate': ['keys:write'],
};

/** The rights that the act confers, as the `scope` of a registration. */
export function conferredBy(act: ApprovalAct): string | undefined {
  return act === 'roles.grant-admin' ? managementScopes.join(' ') : undefined;
}

/** Thrown instead of performing the act, which waits for a second administrator. */
export class ApprovalPending extends AppError {
  readonly approval: Approval;

  constructor(approval: Approval) {
    super('conflict', `This waits for a second administrator (approval ${approval.id}).`);
    this.approval = approval;
  }
}

/** An approval as the command line and the API show it. */
export function presentApproval(approval: Approval) {
  const { id, act, userId, requestedBy, decidedBy } = approval;
  return {
    id,
    act,
    target: userId === undefined ? null : { user_id: userId },
    requested_by: presentParty(requestedBy),
    reason: approval.reason ?? null,
    state: approval.state,
    created_at: approval.createdAt.toISOString(),
    expires_at: approval.expiresAt.toISOString(),
    decided_by: decidedBy ? presentParty(decidedBy) : null,
    decided_at: approval.decidedAt?.toISOString() ?? null,
    refusal: approval.refusal ?? null,
  };
}

function presentParty({ kind, id }: Party) {
  return { kind, id: id ?? null };
}
