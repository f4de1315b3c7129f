// Approves and rejects pending acts. An approval performs the act in the name of the requester, in one
// transaction with the decision.
import type { Knex } from 'knex';
import type { ApprovalAct } from '#config/kinds/approval-acts.ts';
import type { AuditActor } from '#core/audit/audit.ts';
import type { Rank, Target } from '#core/access-control/rank.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import { AppError } from '#platform/errors.ts';
import type { ApprovalNotices } from './approval-notices.service.ts';
import { conferredBy, scopesOfAct, type Approval } from './approvals.ts';
import type { ApprovalStore } from './approvals.store.ts';

export interface ApprovalDependencies {
  readonly db: Database;
  readonly approvalStore: ApprovalStore;
  readonly rank: Rank;
  readonly audit: Audit;
  readonly notices: ApprovalNotices;
  readonly requestOrigin: RequestOriginSlot;
  readonly required: readonly ApprovalAct[];
  readonly now: () => Date;
}

/** Performs the act; every transaction of it proves the rank of the actor (rank.service.ts). */
export type Perform = (approval: Approval, by: AuditActor) => Promise<unknown>;

export interface DecisionDependencies extends ApprovalDependencies {
  readonly performs: ReadonlyMap<ApprovalAct, Perform>;
}

/** How far an attempt got: an error after the approver's rights were proven is about the request itself. */
type Stage = 'requester' | 'approver' | 'act';

export function createApprovalDecision(dependencies: DecisionDependencies) {
  const { db, approvalStore: store, rank, performs } = dependencies;

  async function find(id: string): Promise<Approval> {
    const found = await store.find(id);
    if (found) return found;
    throw new AppError('not_found', 'There is no approval with this id.');
  }

  return {
    /** @throws AppError `not_found` */
    find,
    /**
     * Performs the act.
     * @throws AppError `forbidden` for the requester, and for an administrator without the rights; `conflict`
     * if it was decided or has expired, or if requester or target changed, which refuses it permanently
     */
    async approve(id: string, by: AuditActor): Promise<Approval> {
      const approval = await find(id);
      requirePending(approval, dependencies.now());
      await requireOther(dependencies, approval, by);
      const approver = withNeeds(by, approval);
      await rank.check(approver, targetOf(approval));
      const perform = performs.get(approval.act);
      if (!perform) throw new TypeError(`nothing performs ${approval.act}`);
      const reached: { stage: Stage } = { stage: 'requester' };
      const claim = (tx: Knex) => claimApproval(dependencies, { id, approver, reached }, tx);
      try {
        const approverId = approver.kind === 'user' ? approver.id : undefined;
        await perform(approval, { ...requesterOf(approval), claim, approverId });
      } catch (error) {
        if (!(error instanceof AppError) || error.status >= 500) throw error;
        if (reached.stage === 'approver') throw error;
        const refusal = describeRefusal(error);
        const isRefused = await db.transaction((tx) =>
          refuse(dependencies, { approval, by, refusal }, tx),
        );
        if (!isRefused) requirePending(await find(id), dependencies.now());
        throw new AppError('conflict', `The request is refused: ${refusal}`, { cause: error });
      }
      return find(id);
    },
    /** The requester may reject it as well. @throws AppError like `approve` */
    async reject(id: string, by: AuditActor): Promise<Approval> {
      const approval = await find(id);
      await db.transaction(async (tx) => {
        if (!isSame(approval, by)) {
          await rank.prove(withNeeds(by, approval), targetOf(approval), tx);
        }
        await decide(dependencies, { approval, by, state: 'rejected' }, tx);
      });
      return find(id);
    },
  };
}

function describeRefusal({ code, message }: AppError): string {
  const isOfRequester = code === 'forbidden' || code === 'insufficient_scope';
  return isOfRequester ? 'The requester no longer has the right to it.' : message;
}

function requirePending({ state, expiresAt }: Approval, at: Date): void {
  if (state !== 'pending') throw new AppError('conflict', `The approval is already ${state}.`);
  if (expiresAt <= at) throw new AppError('conflict', 'The approval has expired.');
}

function isSame({ requestedBy }: Approval, { kind, id }: AuditActor): boolean {
  return requestedBy.kind === kind && requestedBy.id === id;
}

/**
 * The approver must be another person than the requester, whatever session or client the requests came from.
 * @throws AppError `forbidden`
 */
async function requireOther(
  { approvalStore }: DecisionDependencies,
  approval: Approval,
  by: AuditActor,
): Promise<void> {
  if (by.kind !== 'user' && by.kind !== 'operator') {
    throw new AppError('forbidden', 'Only a person can approve.');
  }
  if (isSame(approval, by)) {
    throw new AppError('forbidden', 'You requested this yourself. Another one must approve it.');
  }
  const { kind, id } = approval.requestedBy;
  if (kind !== 'client' || by.kind !== 'user') return;
  if (await approvalStore.hasControlled(by.id ?? '', id ?? '')) {
    const message = 'A client that you registered or changed requested this.';
    throw new AppError('forbidden', message);
  }
}

function withNeeds(by: AuditActor, { act }: Approval): AuditActor {
  if (!by.authority) return by;
  return { ...by, authority: { scopes: by.authority.scopes, needed: scopesOfAct[act] } };
}

/** With the rights that the requester's token had, as far as the user or client still has them. */
function requesterOf({ requestedBy, scopes, act }: Approval): AuditActor {
  if (requestedBy.kind === 'operator') return requestedBy;
  return { ...requestedBy, authority: { scopes: new Set(scopes), needed: scopesOfAct[act] } };
}

function targetOf({ act, userId }: Approval): Target {
  return { userId, conferredScope: conferredBy(act) };
}

interface Claim {
  readonly id: string;
  readonly approver: AuditActor;
  readonly reached: { stage: Stage };
}

/** Decides the approval in the transaction of its act, before the act writes. */
async function claimApproval(
  dependencies: DecisionDependencies,
  { id, approver, reached }: Claim,
  tx: Knex,
): Promise<void> {
  const { approvalStore: store, rank, audit, now } = dependencies;
  reached.stage = 'approver';
  const approval = await store.lock(id, tx);
  if (!approval) throw new AppError('not_found', 'There is no approval with this id.');
  requirePending(approval, now());
  await rank.prove(approver, targetOf(approval), tx);
  reached.stage = 'act';
  const { act, userId, targetVersion } = approval;
  if (userId !== undefined && (await store.versionOf(userId, tx)) !== targetVersion) {
    throw new AppError('conflict', 'The user was changed since the request.');
  }
  reached.stage = 'approver';
  await decide(dependencies, { approval, by: approver, state: 'executed' }, tx);
  const actor = approval.requestedBy;
  const details = { approval: id, act };
  await audit.append({ event: 'approval.executed', actor, userId, details }, tx);
  reached.stage = 'act';
}

interface Decided {
  readonly approval: Approval;
  readonly by: AuditActor;
  readonly state: 'executed' | 'rejected';
}

async function decide(
  { approvalStore, audit, notices, now }: DecisionDependencies,
  { approval, by, state }: Decided,
  tx: Knex,
): Promise<void> {
  const { id, act, userId } = approval;
  const decision = { state, by, at: now() };
  if (!(await approvalStore.decide(id, decision, tx))) {
    throw new AppError('conflict', 'The approval is already decided, or it has expired.');
  }
  const event = state === 'executed' ? 'approval.approved' : 'approval.rejected';
  await audit.append({ event, actor: by, userId, details: { approval: id, act } }, tx);
  await notices.tell(approval, decision, tx);
}

interface Refused {
  readonly approval: Approval;
  readonly by: AuditActor;
  readonly refusal: string;
}

/** If another decision came first, that one stands. */
async function refuse(
  { approvalStore, audit, notices, now }: DecisionDependencies,
  { approval, by, refusal }: Refused,
  tx: Knex,
): Promise<boolean> {
  const { id, act, userId } = approval;
  const decision = { state: 'refused', by, at: now(), refusal } as const;
  if (!(await approvalStore.decide(id, decision, tx))) return false;
  const details = { approval: id, act, refusal };
  await audit.append({ event: 'approval.refused', actor: by, userId, details }, tx);
  await notices.tell(approval, decision, tx);
  return true;
}
