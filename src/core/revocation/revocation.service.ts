// Ending what may act: a person, an app, a session, a grant, or everybody's sign-ins. Each act is
// one transaction (epoch, sessions, grants, refresh families, audit, outbox) and answers with a
// receipt: what was ended, and how long each part took. How is in transaction.service.ts, apps are
// in client-access.service.ts.
import type { Knex } from 'knex';
import type { AuditActor } from '#core/audit/audit.ts';
import type { Receipt } from './receipts.ts';
import { AppError } from '#platform/errors.ts';
import type { EndedSession } from '#core/sessions/session-rows.store.ts';
import { createActs, noSuchUser, type ActDependencies, type Join } from './transaction.service.ts';
import { createAppEndings } from './client-access.service.ts';

export interface BlockOrder {
  readonly userId: string;
  /** For operators and the audit; the person is not told. */
  readonly reason: string;
  readonly until?: Date | undefined;
  readonly by: AuditActor;
}

export function createBlocking(dependencies: ActDependencies) {
  const { endings, notices } = dependencies;
  const acts = createActs(dependencies);
  const { perform, endGrants, endSessionsOfUser, endEverythingOf } = acts;
  const { revokeEverything, revokeEverythingIn } = acts;

  return {
    ...createAppEndings(dependencies, acts),
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
        await endings.raiseSecurityVersion(userId, act.tx);
        const ended = await endSessionsOfUser(act, userId, event, except);
        await endGrants(act, { sessionUids: ended.map(({ uid: endedUid }) => endedUid) });
      });
    },
    /** Ends everything without blocking: the person may sign in again at once. */
    async revokeEverythingOf(userId: string, by: AuditActor): Promise<Receipt> {
      return revokeEverything(userId, by, 'user.tokens_revoked');
    },
    /**
     * Together with the change that makes it necessary: when all has ended, `join` writes it in the
     * same transaction.
     */
    async revokeEverythingWith(
      userId: string,
      by: AuditActor,
      event:
        | 'password.reset'
        | 'password.changed'
        | 'email.verified'
        | 'email.change_undone'
        | 'deletion.requested'
        | 'account.deleted',
      join: Join,
    ): Promise<Receipt> {
      return revokeEverything(userId, by, event, join);
    },
    /**
     * For a change whose own transaction is open; `changes.announce` follows its commit.
     * @returns the sessions that were alive until then
     */
    async revokeEverythingIn(tx: Knex.Transaction, userId: string, by: AuditActor) {
      return revokeEverythingIn(tx, userId, by, 'user.signed_out_everywhere');
    },
    /**
     * @param owner whose session it must be, when the caller may end no other
     * @throws AppError `not_found` when it ended before, never was, or is not the owner's
     */
    async endSession(
      uid: string,
      by: AuditActor,
      event: 'session.ended' | 'device.disowned' = 'session.ended',
      owner?: string,
    ): Promise<Receipt> {
      return perform({ event, actor: by, sessionUid: uid }, async (act) => {
        const ended: EndedSession[] = [];
        await act.receipt.measure('sessions', async () => {
          const session = await endings.endSession(uid, event, act.at, act.tx, owner);
          if (session) ended.push(session);
          return ended.length;
        });
        if (ended.length === 0) throw new AppError('not_found', 'There is no such session.');
        await act.receipt.measure('logout_notices', () => notices.tellApps(ended, act.tx));
        await endGrants(act, { sessionUids: [uid] });
        return { userId: ended[0]?.userId };
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
