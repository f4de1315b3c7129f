// Account deletion: a user requests it, and it takes effect after a cooling-off period of a week,
// in which the user can sign in and cancel. The audit chain stays verifiable: only the personal
// data of its entries is erased.
import type { AuditActor } from '#core/audit/audit.ts';
import { systemActor } from '#core/audit/audit.ts';
import { AppError, isAppError, sessionRevoked } from '#platform/errors.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import type { User } from '#core/users/users.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import { noSuchUser } from '#core/revocation/transaction.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { mailTo } from '#core/outbox/mail/mail.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import { accountDeletedMail, deletionRequestedMail } from './deletion-mail-templates.ts';
import type { DeletionStore } from './account-deletion.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { AccountCleanup } from '#core/account-data/account-cleanup.service.ts';

/**
 * Cooling-off period in days, for users who change their mind and for requests that were made in an
 * unattended browser.
 */
const coolingOffDays = 7;
const dayMilliseconds = 24 * 60 * 60 * 1000;
/** Accounts deleted per run; a run starts every minute. */
const deletedTogether = 20;

export interface DeletionDependencies {
  readonly db: Database;
  readonly deletions: DeletionStore;
  readonly users: UserStore;
  readonly accountCleanup: AccountCleanup;
  readonly audit: Audit;
  readonly blocking: Blocking;
  readonly approvals: Approvals;
  readonly outbox: Outbox;
  readonly issuer: string;
  readonly log: Log;
  readonly now: () => Date;
}

export function createDeletion(dependencies: DeletionDependencies) {
  const { db, deletions, users, accountCleanup, audit, blocking } = dependencies;
  const { approvals, outbox, issuer, log, now } = dependencies;

  async function erase(
    id: string,
    by: AuditActor,
    requestedBy: 'user' | 'operator',
  ): Promise<void> {
    await blocking.revokeEverythingWith(id, by, 'account.deleted', async (tx, at) => {
      // The revocation above locked the row: a cancellation or a change of address is either visible
      // here, or waits and finds no account.
      const user = await users.findById(id, tx);
      if (!user) throw noSuchUser();
      if (requestedBy === 'user' && !isDue(user, at)) throw notDue();
      if (!(await accountCleanup.deleteAccount(id, at, tx))) throw noSuchUser();
      const { email: to, claims } = user;
      const recipient = { kind: 'mail', userId: undefined, to, locale: claims.locale } as const;
      await outbox.add([{ ...recipient, ...accountDeletedMail({ requestedBy }) }], tx);
    });
  }

  const dueFromNow = () => new Date(now().getTime() + coolingOffDays * dayMilliseconds);

  return {
    /** The time at which an account will be deleted if its user requests it now. */
    dueFromNow,
    /**
     * Revokes all sessions, including the current one, grants and tokens immediately.
     * @returns the time at which the account will be deleted
     * @throws AppError `session_expired` if another revocation came first
     */
    async request(user: User): Promise<Date> {
      const { id } = user;
      const dueAt = dueFromNow();
      const actor = { kind: 'user', id } as const;
      await blocking.revokeEverythingWith(id, actor, 'deletion.requested', async (tx, at) => {
        // The revocation above adds one; any other difference means that a concurrent act came
        // first.
        const current = await users.findById(id, tx);
        if (current?.securityVersion !== user.securityVersion + 1) throw sessionRevoked();
        if (!(await deletions.setDue(id, dueAt, at, tx))) throw noSuchUser();
        const link = `${issuer}/auth/account`;
        const mail = deletionRequestedMail({ link, at: dueAt.toISOString() });
        await outbox.add([mailTo(user, mail)], tx);
      });
      return dueAt;
    },
    /** @throws AppError as `request` */
    async cancel(user: User): Promise<void> {
      const { id: userId } = user;
      await db.transaction(async (tx) => {
        await users.requireUnrevoked(user, tx);
        if (!(await deletions.keep(userId, now(), tx))) return;
        const actor = { kind: 'user', id: userId } as const;
        await audit.append({ event: 'deletion.cancelled', actor, userId }, tx);
      });
    },
    /**
     * Deletes the account without a cooling-off period, for an operator.
     * @throws ApprovalPending
     */
    async deleteNow({ id }: User, by: AuditActor): Promise<void> {
      await approvals.require({ act: 'users.delete', userId: id, by });
      await erase(id, by, 'operator');
    },
    /**
     * Deletes the accounts that are due, except those whose user cancels meanwhile. Safe to run on several
     * nodes.
     * @returns the number deleted
     */
    async runDue(): Promise<number> {
      let deleted = 0;
      for (const id of await deletions.listDue(now(), deletedTogether)) {
        try {
          await erase(id, systemActor, 'user');
          deleted += 1;
        } catch (error) {
          const isSkipped = isAppError(error, 'user_not_found') || isAppError(error, 'conflict');
          if (!isSkipped) throw error;
        }
      }
      if (deleted > 0) log.info({ event: 'accounts.deleted', count: deleted }, 'accounts deleted');
      return deleted;
    },
  };
}

export type Deletion = ReturnType<typeof createDeletion>;

function isDue({ deletionDueAt }: User, at: Date): boolean {
  return deletionDueAt !== undefined && deletionDueAt <= at;
}

function notDue(): AppError {
  return new AppError('conflict', 'The deletion of this account is not due.');
}
