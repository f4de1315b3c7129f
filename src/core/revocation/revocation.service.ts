// Revokes the access of a user, a client, a session, a grant or all users. Each revocation is one
// transaction (notBefore, sessions, grants, refresh token families, audit log, outbox) and returns
// a receipt with counts and durations. The transaction is in transaction.service.ts, clients are in
// client-access.service.ts.
import type { Knex } from 'knex';
import type { AuditActor } from '#core/audit/audit.ts';
import type { Receipt } from './receipts.ts';
import { AppError } from '#platform/errors.ts';
import type { EndedSession } from '#core/sessions/session-rows.store.ts';
import { blockedMail } from './mails/revocation-mail-templates.ts';
import {
  createRevocationActs,
  noSuchUser,
  type ActDependencies,
  type RevocationActs,
  type Join,
} from './transaction.service.ts';
import { createClientRevocation } from './client-access.service.ts';

export interface BlockOrder {
  readonly userId: string;
  /** For operators and the audit log; not shown to the user. */
  readonly reason: string;
  readonly until?: Date | undefined;
  readonly by: AuditActor;
}

export function createBlocking(dependencies: ActDependencies) {
  const { revocations, notifications, approvals } = dependencies;
  const acts = createRevocationActs(dependencies);
  const { perform, endGrants, endSessionsOfUser } = acts;
  const { revokeEverything, revokeEverythingIn } = acts;

  return {
    ...createClientRevocation(dependencies, acts),
    ...createUserBlocks(dependencies, acts),
    /** Ends all sessions of a user, or all but one, and revokes the tokens issued in them. */
    async endSessionsOf(userId: string, by: AuditActor, except?: string): Promise<Receipt> {
      const event = 'user.signed_out_everywhere';
      return perform({ event, actor: by, userId }, async (act) => {
        await revocations.raiseSecurityVersion(userId, act.tx);
        const ended = await endSessionsOfUser(act, userId, event, except);
        await endGrants(act, { sessionUids: ended.map(({ uid: endedUid }) => endedUid) });
      });
    },
    /** Revokes everything without a block: the user may sign in again immediately. */
    async revokeEverythingOf(userId: string, by: AuditActor): Promise<Receipt> {
      return revokeEverything(userId, by, 'user.tokens_revoked');
    },
    /**
     * Revokes together with the change that requires it: `join` writes the change in the same transaction,
     * after everything is revoked.
     */
    async revokeEverythingWith(
      userId: string,
      by: AuditActor,
      event:
        | 'password.reset'
        | 'password.changed'
        | 'email.verified'
        | 'email.change_undone'
        | 'device.disowned'
        | 'deletion.requested'
        | 'account.deleted',
      join: Join,
    ): Promise<Receipt> {
      return revokeEverything(userId, by, event, join);
    },
    /**
     * For a change in the caller's transaction. The caller must call `invalidation.announce` after the
     * commit.
     * @returns the sessions that were alive until then
     */
    async revokeEverythingIn(tx: Knex.Transaction, userId: string, by: AuditActor) {
      return revokeEverythingIn(tx, userId, by, 'user.signed_out_everywhere');
    },
    /**
     * @param owner the required owner of the session, for a caller who may end no other session
     * @throws AppError `not_found` when it has ended, never existed, or belongs to another user
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
          const session = await revocations.endSession(uid, event, act.at, act.tx, owner);
          if (session) ended.push(session);
          return ended.length;
        });
        if (ended.length === 0) throw new AppError('not_found', 'Session not found.');
        await act.receipt.measure('logout_notices', () =>
          notifications.notifyClients(ended, act.tx),
        );
        await endGrants(act, { sessionUids: [uid] });
        return { userId: ended[0]?.userId };
      });
    },
    /**
     * Emergency revocation of every session, grant and token of all users. Clients notice on their
     * next request.
     * @throws ApprovalPending
     */
    async signEveryoneOut(by: AuditActor): Promise<Receipt> {
      await approvals.require({ act: 'sessions.end-all', by });
      return perform({ event: 'everyone.signed_out', actor: by }, async (act) => {
        const { tx, at, receipt } = act;
        await revocations.raiseGlobalNotBefore(at, tx);
        await receipt.measure('sessions', () =>
          revocations.endAllSessions('everyone.signed_out', at, tx),
        );
        await endGrants(act, { everybody: true });
      });
    },
  };
}

export type Blocking = ReturnType<typeof createBlocking>;

/** Blocks and unblocks users. */
function createUserBlocks(
  { revocations, notifications }: ActDependencies,
  { perform, endEverythingOf }: RevocationActs,
) {
  return {
    /** @throws AppError `user_not_found` */
    async blockUser({ userId, reason, until, by }: BlockOrder): Promise<Receipt> {
      const details = { reason, until: until?.toISOString() };
      return perform({ event: 'user.blocked', actor: by, userId, details }, async (act) => {
        const facts = { reason, until, by: by.id ?? by.kind };
        const found = await act.receipt.measure('account', async () =>
          Number(await revocations.blockUser(userId, facts, act.at, act.tx)),
        );
        if (found === 0) throw noSuchUser();
        await endEverythingOf(act, userId, 'user.blocked');
        await act.receipt.measure('mail', () =>
          notifications.notifyUser(userId, blockedMail(), act.tx),
        );
      });
    },
    /** Sets notBefore again, so that nothing from before the block becomes valid. */
    async unblockUser(userId: string, by: AuditActor): Promise<Receipt> {
      return perform(
        { event: 'user.unblocked', actor: by, userId },
        async ({ tx, at, receipt }) => {
          const found = await receipt.measure('account', async () =>
            Number(await revocations.unblockUser(userId, at, tx)),
          );
          if (found === 0) throw new AppError('conflict', 'This user is not blocked.');
        },
      );
    },
  };
}
