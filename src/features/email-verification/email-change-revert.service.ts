// Reverts a change of email address. The old address is notified and can recover the account for a
// week, even if the new address has been verified meanwhile. Only a verified address can do so.
import type { Knex } from 'knex';
import { systemActor } from '#core/audit/audit.ts';
import { canonicalEmail } from '#core/users/email-addresses.ts';
import { emailTokenSeconds } from '#features/email-tokens/email-tokens.ts';
import type { User } from '#core/users/users.ts';
import type { AccountCleanup } from '#core/account-data/account-cleanup.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { mailTo, type MailTemplate } from '#core/outbox/mail/mail.ts';
import type { EmailChangeNoticeValues } from './verification-mail-templates.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { EmailToken, EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import { tokenExpired } from '#features/email-tokens/email-tokens.ts';

export interface EmailChangeRevertDependencies {
  readonly proofs: EmailTokens;
  readonly users: UserStore;
  readonly cleanup: AccountCleanup;
  readonly blocking: Blocking;
  readonly audit: Audit;
  readonly invalidation: Invalidation;
  readonly outbox: Outbox;
  readonly issuer: string;
  readonly now: () => Date;
}

export interface AnnouncedChange {
  /** The user before the change. */
  readonly user: User;
  /** The new address. */
  readonly email: string;
  /** Time at which the change was requested. */
  readonly since: Date;
  readonly template: MailTemplate<EmailChangeNoticeValues>;
}

export function createEmailChangeRevert(dependencies: EmailChangeRevertDependencies) {
  const { proofs, users, cleanup, blocking, outbox, issuer, now } = dependencies;
  const { audit, invalidation } = dependencies;

  async function linkFor({ user, since }: AnnouncedChange, tx: Knex): Promise<string> {
    const { id: userId, email } = user;
    const order = { kind: 'email_undo', userId, email, emailKey: canonicalEmail(email) } as const;
    // A repeated request must not move the time from which credentials are removed.
    const replaced = await proofs.findReplaced(order, tx);
    const earliest = replaced ? earlierOf(sinceOf(replaced), since) : since;
    const content = { since: earliest.toISOString() };
    const { token } = await proofs.issue({ ...order, content }, tx);
    return `${issuer}/auth/account/email/undo/${token}`;
  }

  /**
   * Deletes an unverified account that an attacker registered with the old address to prevent the
   * reversal. This is safe because the token proves control of the address.
   * @returns the id of the deleted account
   */
  async function displace({ emailKey, userId }: EmailToken, at: Date, tx: Knex) {
    const squatter = await users.findUnproven(emailKey, tx);
    if (squatter === undefined || squatter === userId) return undefined;
    await cleanup.deleteAccount(squatter, at, tx);
    const details = { because: 'email.change_undone' };
    const entry = { event: 'account.deleted', actor: systemActor, userId: squatter } as const;
    await audit.append({ ...entry, details }, tx);
    return squatter;
  }

  return {
    /**
     * Notifies the current address. An unverified address may belong to another person, so its mail
     * has no link to revert the change.
     */
    async announce(change: AnnouncedChange, tx: Knex): Promise<void> {
      const { user, email, template } = change;
      const values = user.emailVerified ? { email, link: await linkFor(change, tx) } : {};
      await outbox.add([mailTo(user, template(values))], tx);
    },
    find: (token: string) => proofs.findByLink(token, ['email_undo']),
    /**
     * Restores the old address, revokes all sessions, grants and tokens, and removes the password,
     * the credentials added since the change was requested, and all other email tokens.
     * @returns whether the address had already changed
     * @throws AppError `expired` if the token has been used
     */
    async undo(proof: EmailToken): Promise<boolean> {
      const { email, emailKey, userId = '' } = proof;
      const actor = { kind: 'user', id: userId } as const;
      const displaced: string[] = [];
      let hadChanged = false;
      await blocking.revokeEverythingWith(userId, actor, 'email.change_undone', async (tx, at) => {
        if (!(await proofs.use(proof, tx))) throw tokenExpired();
        const user = await users.findById(userId, tx);
        if (!user) throw tokenExpired();
        hadChanged = canonicalEmail(user.email) !== emailKey;
        await proofs.endOfUser(userId, canonicalEmail(user.email), tx);
        await cleanup.removeSinceTakeover({ userId, at, since: sinceOf(proof) }, tx);
        const squatter = await displace(proof, at, tx);
        if (squatter !== undefined) displaced.push(squatter);
        await users.changeEmail(userId, { email, emailKey, at: now() }, tx);
      });
      for (const id of displaced) await invalidation.publish({ userId: id });
      return hadChanged;
    },
  };
}

export type EmailChangeRevert = ReturnType<typeof createEmailChangeRevert>;

/**
 * The time at which the change was requested. Tokens issued by version 0.1.0 do not contain it; for
 * those, the earliest possible time is used.
 */
function sinceOf({ content, createdAt }: EmailToken): Date {
  const { since } = content;
  if (typeof since === 'string') return new Date(since);
  return new Date(createdAt.getTime() - emailTokenSeconds.email_change * 1000);
}

function earlierOf(one: Date, other: Date): Date {
  return one < other ? one : other;
}
