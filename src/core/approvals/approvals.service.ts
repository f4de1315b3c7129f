// Requests the approval of a second administrator for acts that APPROVAL_REQUIRED lists, and lets one approve
// or reject them. The act runs in the transaction that decides the approval: exactly once, and only if
// requester, approver and target are unchanged (decision 0032).
import type { Knex } from 'knex';
import type { ApprovalAct } from '#config/kinds/approval-acts.ts';
import { systemActor, type AuditActor, type AuditEvent } from '#core/audit/audit.ts';
import { timeOrderedUuid } from '#platform/crypto/ids.ts';
import { AppError } from '#platform/errors.ts';
import { cutPage, type Page, type PageRequest } from '#platform/paging.ts';
import {
  approvalDays,
  ApprovalPending,
  conferredBy,
  type Approval,
  type ApprovalState,
} from './approvals.ts';
import type { Decision } from './approvals.store.ts';
import {
  createApprovalDecision,
  type ApprovalDependencies,
  type Perform,
} from './approval-decision.service.ts';

const dayMilliseconds = 24 * 60 * 60 * 1000;

export interface RequestedAct {
  readonly act: ApprovalAct;
  readonly userId?: string | undefined;
  readonly by: AuditActor;
}

export function createApprovals(dependencies: ApprovalDependencies) {
  const { db, approvalStore: store, required, now } = dependencies;
  const performs = new Map<ApprovalAct, Perform>();
  const decision = createApprovalDecision({ ...dependencies, performs });

  return {
    ...decision,
    isRequired: (act: ApprovalAct): boolean => required.includes(act),
    isUsed: required.length > 0,
    required,
    /** How the act is performed once it is approved, by the given actor. */
    register(act: ApprovalAct, perform: Perform): void {
      performs.set(act, perform);
    },
    /**
     * Every service calls this before such an act.
     * @throws ApprovalPending unless the act needs no approval or the actor has one
     */
    async require(requested: RequestedAct): Promise<void> {
      const { act, by } = requested;
      if (!required.includes(act) || by.claim !== undefined || by.kind === 'system') return;
      throw new ApprovalPending(await db.transaction((tx) => request(dependencies, requested, tx)));
    },
    /** In an emergency, an operator on the command line need not wait. */
    withoutApproval(by: AuditActor, act: ApprovalAct, userId?: string): AuditActor {
      if (!required.includes(act)) return by;
      const claim = (tx: Knex) =>
        record(dependencies, { event: 'approval.bypassed', by, userId, details: { act } }, tx);
      return { ...by, claim };
    },
    /** Most recent first. */
    async list(
      state: ApprovalState | undefined,
      { after, limit }: PageRequest,
    ): Promise<Page<Approval>> {
      const found = await store.list(state, after?.[0], limit + 1);
      return cutPage(found, limit, ({ id }) => [id]);
    },
    countPending: () => store.countPending(now()),
    /** Safe to run on several nodes. */
    expireDue: (): Promise<void> => db.transaction((tx) => expireDue(dependencies, tx)),
  };
}

export type Approvals = ReturnType<typeof createApprovals>;

interface Recorded {
  readonly event: AuditEvent;
  readonly by: AuditActor;
  readonly userId: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
}

async function record(
  { audit }: Pick<ApprovalDependencies, 'audit'>,
  { event, by, userId, details }: Recorded,
  tx: Knex,
): Promise<void> {
  await audit.append({ event, actor: by, userId, details }, tx);
}

/** The pending approval of the same act, if there is one. */
async function request(
  dependencies: ApprovalDependencies,
  { act, userId, by }: RequestedAct,
  tx: Knex,
): Promise<Approval> {
  const { approvalStore: store, rank, requestOrigin, now } = dependencies;
  await rank.prove(by, { userId, conferredScope: conferredBy(act) }, tx);
  const targetVersion = userId === undefined ? undefined : await store.versionOf(userId, tx);
  if (userId !== undefined && targetVersion === undefined) {
    throw new AppError('user_not_found', 'User not found.');
  }
  const createdAt = now();
  await expire(dependencies, await store.findPending(act, userId, tx), tx);
  const approval: Approval = {
    id: timeOrderedUuid(createdAt),
    act,
    userId,
    targetVersion,
    requestedBy: { kind: by.kind, id: by.id },
    scopes: by.authority && [...by.authority.scopes],
    reason: requestOrigin.get()?.reason,
    state: 'pending',
    createdAt,
    expiresAt: new Date(createdAt.getTime() + approvalDays * dayMilliseconds),
    decidedBy: undefined,
    decidedAt: undefined,
    refusal: undefined,
  };
  if (await store.insert(approval, tx)) {
    const details = { approval: approval.id, act };
    await record(dependencies, { event: 'approval.requested', by, userId, details }, tx);
    return approval;
  }
  const earlier = await store.findPending(act, userId, tx);
  if (earlier) return earlier;
  throw new AppError('conflict', 'The same act was decided at the same time. Please try again.');
}

/** Needs no lock of its own: the statement proves that it is still pending. */
async function expire(
  dependencies: ApprovalDependencies,
  approval: Approval | undefined,
  tx: Knex,
): Promise<void> {
  const { approvalStore: store, now } = dependencies;
  const at = now();
  if (!approval || approval.expiresAt > at) return;
  const decided: Decision = { state: 'expired', by: systemActor, at };
  if (!(await store.decide(approval.id, decided, tx))) return;
  const { id, act, userId } = approval;
  const details = { approval: id, act };
  await record(dependencies, { event: 'approval.expired', by: systemActor, userId, details }, tx);
  await dependencies.notices.tell(approval, decided, tx);
}

async function expireDue(dependencies: ApprovalDependencies, tx: Knex): Promise<void> {
  const { approvalStore: store, now } = dependencies;
  for (const approval of await store.listDue(now(), tx)) await expire(dependencies, approval, tx);
}
