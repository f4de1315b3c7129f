// Runs every revocation in one transaction with its audit event and a receipt, and publishes an
// invalidation to all nodes after the commit.
import type { Knex } from 'knex';
import type { AuditActor, AuditEntry, AuditEvent } from '#core/audit/audit.ts';
import { AppError } from '#platform/errors.ts';
import { createReceipt, type Receipt, type ReceiptWriter } from './receipts.ts';
import { afterCommit } from '#platform/database/after-commit.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import type { Rank, Target } from '#core/access-control/rank.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { RevocationMetrics } from './metrics/revocation-metrics.ts';
import type { RevocationStore } from './revocation.store.ts';
import type { EndedSession } from '#core/sessions/session-rows.store.ts';
import type { Scope } from './grant-revocation.store.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';

export interface ActDependencies {
  readonly db: Database;
  readonly revocations: RevocationStore;
  readonly rank: Rank;
  readonly approvals: Approvals;
  readonly audit: Audit;
  readonly notifications: Notifications;
  readonly invalidation: Invalidation;
  readonly measures: RevocationMetrics;
  readonly now: () => Date;
}

/** A revocation in progress. */
export interface Act {
  readonly tx: Knex.Transaction;
  readonly at: Date;
  readonly receipt: ReceiptWriter;
}

type ActEntry = Omit<AuditEntry, 'details'> &
  Pick<Target, 'grantId' | 'conferredScope'> & { readonly details?: Record<string, unknown> };

/**
 * Additional work in the transaction of the revocation; `ended` are the sessions that were alive
 * until then.
 */
export type Join = (
  tx: Knex.Transaction,
  at: Date,
  ended: readonly EndedSession[],
) => Promise<void>;

export function createRevocationActs(dependencies: ActDependencies) {
  const { db, revocations, rank, audit, invalidation, measures, now } = dependencies;
  const { endGrants, endSessionsOfUser, endEverythingOf } = createParts(dependencies);

  /**
   * Runs the parts in one transaction, stores the receipt in the audit event, and publishes the
   * invalidation. A part may add details to the event.
   */
  async function perform(
    entry: ActEntry,
    parts: (act: Act) => Promise<Partial<AuditEntry> | void>,
  ): Promise<Receipt> {
    const receipt = createReceipt(now());
    const { userId, clientId } = await db.transaction((tx) => run({ tx, receipt }, entry, parts));
    await invalidation.publish({ userId, clientId });
    const closed = receipt.close();
    measures.note(entry.event, closed);
    return closed;
  }

  async function run(
    { tx, receipt }: Omit<Act, 'at'>,
    { grantId, conferredScope, ...entry }: ActEntry,
    parts: (act: Act) => Promise<Partial<AuditEntry> | void>,
  ): Promise<ActEntry> {
    await rank.prove(entry.actor, { ...entry, grantId, conferredScope }, tx);
    const whole = { ...entry, ...(await parts({ tx, at: receipt.at, receipt })) };
    const details = { ...entry.details, parts: receipt.parts() };
    const { id } = await audit.append({ ...whole, details }, tx);
    receipt.file(id);
    return whole;
  }

  /**
   * `join` runs last, because it may delete rows that had to be revoked, and their clients
   * notified, first.
   */
  async function revokeEverything(
    userId: string,
    actor: AuditActor,
    event: AuditEvent,
    join?: Join,
  ): Promise<Receipt> {
    return perform({ event, actor, userId }, revocationOf(userId, event, join));
  }

  function revocationOf(userId: string, event: AuditEvent, join?: Join) {
    return async (act: Act): Promise<void> => {
      const found = await act.receipt.measure('account', async () =>
        Number(await revocations.raiseUserNotBefore(userId, act.at, act.tx)),
      );
      if (found === 0) throw noSuchUser();
      const ended = await endEverythingOf(act, userId, event);
      await join?.(act.tx, act.at, ended);
    };
  }

  /** For an open transaction; the caller publishes the invalidation after its commit. */
  async function revokeEverythingIn(
    tx: Knex.Transaction,
    userId: string,
    actor: AuditActor,
    event: AuditEvent,
  ): Promise<readonly EndedSession[]> {
    let sessions: readonly EndedSession[] = [];
    const parts = revocationOf(userId, event, async (_tx, _at, ended) => {
      sessions = ended;
    });
    const receipt = createReceipt(now());
    await run({ tx, receipt }, { event, actor, userId }, parts);
    afterCommit(tx, () => measures.countSessions(event, receipt.parts()));
    return sessions;
  }

  return {
    perform,
    endGrants,
    endSessionsOfUser,
    endEverythingOf,
    revokeEverything,
    revokeEverythingIn,
  };
}

export function noSuchUser(): AppError {
  return new AppError('user_not_found', 'User not found.');
}

export type RevocationActs = ReturnType<typeof createRevocationActs>;

/** The parts that several revocations share; each adds its count and duration to the receipt. */
function createParts({ revocations, notifications }: ActDependencies) {
  async function endGrants({ tx, at, receipt }: Act, scope: Scope): Promise<void> {
    await receipt.measure('grants', () => revocations.revokeGrants(scope, at, tx));
    await receipt.measure('refresh_families', () => revocations.endFamilies(scope, at, tx));
  }

  async function endSessionsOfUser(
    { tx, at, receipt }: Act,
    userId: string,
    because: AuditEvent,
    except?: string,
  ): Promise<readonly EndedSession[]> {
    let ended: readonly EndedSession[] = [];
    await receipt.measure('sessions', async () => {
      ended = await revocations.endSessionsOfUser({ userId, except }, because, at, tx);
      return ended.length;
    });
    await receipt.measure('logout_notices', () => notifications.notifyClients(ended, tx));
    return ended;
  }

  async function endEverythingOf(act: Act, userId: string, because: AuditEvent) {
    const ended = await endSessionsOfUser(act, userId, because);
    await endGrants(act, { userId });
    return ended;
  }

  return { endGrants, endSessionsOfUser, endEverythingOf };
}
