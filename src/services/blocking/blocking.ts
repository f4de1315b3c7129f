// Ending what may act: a person, an app, a session, a grant, or everybody's sign-ins. Each act is
// one transaction (epoch, sessions, grants, refresh families, audit, outbox) and answers with a
// receipt: what was ended, and how long each part took.
import type { Knex } from 'knex';
import type { AuditActor, AuditEntry, AuditEvent } from '#domain/audit/audit.ts';
import { AppError } from '#domain/errors.ts';
import { createReceipt, type Receipt, type ReceiptWriter } from '#domain/audit/receipts.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { EndingStore, Scope } from '#stores/sessions/endings.ts';
import type { EndedSession } from '#stores/sessions/sessions.ts';
import type { Audit } from '#services/audit/audit.ts';
import type { Notices } from './notices.ts';
import type { Changes } from '#services/standing/changes.ts';

export interface BlockingDependencies {
  readonly db: Database;
  readonly endings: EndingStore;
  readonly audit: Audit;
  readonly notices: Notices;
  readonly changes: Changes;
  readonly now: () => Date;
}

export interface BlockOrder {
  readonly userId: string;
  /** For operators and the audit; the person is not told. */
  readonly reason: string;
  readonly until?: Date | undefined;
  readonly by: AuditActor;
}

/** One act in progress. */
interface Act {
  readonly tx: Knex.Transaction;
  readonly at: Date;
  readonly receipt: ReceiptWriter;
}

export function createBlocking(dependencies: BlockingDependencies) {
  const { db, endings, audit, notices, changes, now } = dependencies;

  /**
   * Runs the parts in one transaction, with the receipt in its audit entry, and tells all nodes. The
   * parts may add to the entry what only they find out.
   */
  async function perform(
    entry: Omit<AuditEntry, 'details'> & { readonly details?: Record<string, unknown> },
    parts: (act: Act) => Promise<Partial<AuditEntry> | void>,
  ): Promise<Receipt> {
    const receipt = createReceipt(now());
    const { userId, clientId } = await db.transaction(async (tx) => {
      const whole = { ...entry, ...(await parts({ tx, at: receipt.at, receipt })) };
      const details = { ...entry.details, parts: receipt.parts() };
      const { id } = await audit.append({ ...whole, details }, tx);
      receipt.file(id);
      return whole;
    });
    await changes.announce({ userId, clientId });
    return receipt.close();
  }

  async function endGrants({ tx, at, receipt }: Act, scope: Scope): Promise<void> {
    await receipt.measure('grants', () => endings.revokeGrants(scope, at, tx));
    await receipt.measure('refresh_families', () => endings.endFamilies(scope, at, tx));
  }

  async function endSessionsOfUser(
    { tx, at, receipt }: Act,
    userId: string,
    because: AuditEvent,
    except?: string,
  ): Promise<readonly EndedSession[]> {
    let ended: readonly EndedSession[] = [];
    await receipt.measure('sessions', async () => {
      ended = await endings.endSessionsOfUser({ userId, except }, because, at, tx);
      return ended.length;
    });
    await receipt.measure('logout_notices', () => notices.tellApps(ended, tx));
    return ended;
  }

  async function endEverythingOf(act: Act, userId: string, because: AuditEvent): Promise<void> {
    await endSessionsOfUser(act, userId, because);
    await endGrants(act, { userId });
  }

  async function revokeEverything(
    userId: string,
    actor: AuditActor,
    event: AuditEvent,
    join?: (tx: Knex.Transaction, at: Date) => Promise<void>,
  ): Promise<Receipt> {
    return perform({ event, actor, userId }, async (act) => {
      const found = await act.receipt.measure('account', async () =>
        Number(await endings.raiseUserEpoch(userId, act.at, act.tx)),
      );
      if (found === 0) throw noSuchUser();
      await join?.(act.tx, act.at);
      await endEverythingOf(act, userId, event);
    });
  }

  return {
    /** @throws AppError `user_not_found` */
    async blockUser({ userId, reason, until, by }: BlockOrder): Promise<Receipt> {
      const details = { reason, until: until?.toISOString() };
      return perform({ event: 'user.blocked', actor: by, userId, details }, async (act) => {
        const facts = { reason, until, by: by.id ?? by.kind };
        const found = await act.receipt.measure('account', async () =>
          Number(await endings.blockUser(userId, facts, act.at, act.tx)),
        );
        if (found === 0) throw noSuchUser();
        await endEverythingOf(act, userId, 'user.blocked');
        await act.receipt.measure('mail', () => notices.tellPerson(userId, 'blocked', act.tx));
      });
    },
    /** Nothing from before comes back: the epoch rises again. */
    async unblockUser(userId: string, by: AuditActor): Promise<Receipt> {
      return perform(
        { event: 'user.unblocked', actor: by, userId },
        async ({ tx, at, receipt }) => {
          const found = await receipt.measure('account', async () =>
            Number(await endings.unblockUser(userId, at, tx)),
          );
          if (found === 0) throw new AppError('conflict', 'This person is not blocked.');
        },
      );
    },
    /** Ends all of a person's sessions, or all but one; tokens from them end as well. */
    async endSessionsOf(userId: string, by: AuditActor, except?: string): Promise<Receipt> {
      const event = 'user.signed_out_everywhere';
      return perform({ event, actor: by, userId }, async (act) => {
        const ended = await endSessionsOfUser(act, userId, event, except);
        await endGrants(act, { grantIds: grantIdsOf(ended) });
      });
    },
    /** Ends everything without blocking: the person may sign in again at once. */
    async revokeEverythingOf(userId: string, by: AuditActor): Promise<Receipt> {
      return revokeEverything(userId, by, 'user.tokens_revoked');
    },
    /** Together with the change that makes it necessary: `join` writes it in the same transaction. */
    async revokeEverythingWith(
      userId: string,
      by: AuditActor,
      event: 'password.reset' | 'email.change_undone',
      join: (tx: Knex.Transaction, at: Date) => Promise<void>,
    ): Promise<Receipt> {
      return revokeEverything(userId, by, event, join);
    },
    /** @throws AppError `not_found` when it ended before or never was */
    async endSession(
      uid: string,
      by: AuditActor,
      event: 'session.ended' | 'device.disowned' = 'session.ended',
    ): Promise<Receipt> {
      return perform({ event, actor: by, sessionUid: uid }, async (act) => {
        const ended: EndedSession[] = [];
        await act.receipt.measure('sessions', async () => {
          const session = await endings.endSession(uid, event, act.at, act.tx);
          if (session) ended.push(session);
          return ended.length;
        });
        if (ended.length === 0) throw new AppError('not_found', 'There is no such session.');
        await act.receipt.measure('logout_notices', () => notices.tellApps(ended, act.tx));
        await endGrants(act, { grantIds: grantIdsOf(ended) });
        return { userId: ended[0]?.userId };
      });
    },
    /**
     * The person stays signed in; the app is told that its part of the session is over, and has to
     * ask for consent again.
     * @throws AppError `not_found` when it ended before or never was
     */
    async revokeGrant(grantId: string, by: AuditActor): Promise<Receipt> {
      const details = { grantId };
      return perform({ event: 'grant.revoked', actor: by, details }, async (act) => {
        const { tx, receipt } = act;
        const grant = await endings.findGrant(grantId, tx);
        if (!grant) throw new AppError('not_found', 'There is no such grant.');
        await endGrants(act, { grantIds: [grantId] });
        await receipt.measure('consents', () =>
          endings.forgetConsents(grant.clientId, grant.userId, tx),
        );
        await receipt.measure('logout_notices', async () =>
          notices.tellApps(await endings.findSessionsOn(grant, tx), tx),
        );
        return { userId: grant.userId, clientId: grant.clientId };
      });
    },
    /** @throws AppError `client_not_found` when there is none or it is blocked */
    async blockClient(clientId: string, by: AuditActor): Promise<Receipt> {
      return perform({ event: 'client.blocked', actor: by, clientId }, async (act) => {
        const found = await act.receipt.measure('client', async () =>
          Number(await endings.blockClient(clientId, act.at, act.tx)),
        );
        if (found === 0) throw new AppError('client_not_found', 'There is no such client.');
        await endGrants(act, { clientId });
      });
    },
    async unblockClient(clientId: string, by: AuditActor): Promise<Receipt> {
      return perform({ event: 'client.unblocked', actor: by, clientId }, async (act) => {
        const found = await act.receipt.measure('client', async () =>
          Number(await endings.unblockClient(clientId, act.at, act.tx)),
        );
        if (found === 0) throw new AppError('conflict', 'This client is not blocked.');
      });
    },
    /** Everybody is asked for consent again. @throws AppError `client_not_found` */
    async revokeGrantsOfClient(clientId: string, by: AuditActor): Promise<Receipt> {
      return perform({ event: 'client.grants_revoked', actor: by, clientId }, async (act) => {
        const found = await act.receipt.measure('client', async () =>
          Number(await endings.raiseClientEpoch(clientId, act.at, act.tx)),
        );
        if (found === 0) throw new AppError('client_not_found', 'There is no such client.');
        await endGrants(act, { clientId });
        await act.receipt.measure('consents', () =>
          endings.forgetConsents(clientId, undefined, act.tx),
        );
      });
    },
    /** The emergency brake: every session, grant and token of everybody. Apps see it on next use. */
    async signEveryoneOut(by: AuditActor): Promise<Receipt> {
      return perform({ event: 'everyone.signed_out', actor: by }, async (act) => {
        const { tx, at, receipt } = act;
        await endings.raiseEpochOfEverybody(at, tx);
        await receipt.measure('sessions', () =>
          endings.endAllSessions('everyone.signed_out', at, tx),
        );
        await endGrants(act, { everybody: true });
      });
    },
  };
}

export type Blocking = ReturnType<typeof createBlocking>;

function grantIdsOf(sessions: readonly EndedSession[]): readonly string[] {
  return sessions.flatMap(({ authorizations }) =>
    Object.values(authorizations).flatMap(({ grantId }) => (grantId ? [grantId] : [])),
  );
}

function noSuchUser(): AppError {
  return new AppError('user_not_found', 'There is no such person.');
}
