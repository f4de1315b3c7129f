// Verifies and changes the email address of an existing account. A new address takes effect only
// when a user who is signed in to the account proves control of the mailbox. Otherwise the owner of
// the mailbox could be tricked into confirming an account that an attacker created with the
// address.
import type { Knex } from 'knex';
import { AppError, sessionRevoked } from '#platform/errors.ts';
import { checkEmail } from '#core/users/email-addresses.ts';
import { isBlocked } from '#core/subject-status/subject-status.ts';
import type { User } from '#core/users/users.ts';
import { isUniqueViolation } from '#platform/database/errors.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { EmailFault } from '#core/users/email-addresses.ts';
import type { Registration } from '#features/registration/registration.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import { mailTo } from '#core/outbox/mail/mail.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import {
  emailChangedMail,
  emailChangeKnownMail,
  emailChangeMail,
  emailChangeRequestedMail,
  verificationMail,
} from './verification-mail-templates.ts';
import type { EmailUndoing } from './email-change-revert.service.ts';
import type {
  CodeFault,
  EmailToken,
  EmailTokens,
} from '#features/email-tokens/email-tokens.service.ts';
import type { MailThrottle } from '#features/email-tokens/email-throttle.service.ts';
import { tokenExpired, signInMethods } from '#features/email-tokens/email-tokens.ts';

export interface VerificationDependencies {
  readonly db: Database;
  readonly proofs: EmailTokens;
  readonly throttle: MailThrottle;
  readonly registration: Registration;
  readonly users: UserStore;
  readonly undoing: EmailUndoing;
  readonly outbox: Outbox;
  readonly audit: Audit;
  readonly invalidation: Invalidation;
  readonly issuer: string;
  readonly now: () => Date;
}

export interface AskingAgain {
  /** The IP address of the request. */
  readonly address: string;
  readonly locale: string | undefined;
}

export const userProofKinds = ['verification', 'email_change'] as const;

export type VerificationOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: CodeFault };

export function createVerification(dependencies: VerificationDependencies) {
  const { db, proofs, throttle, registration, users, undoing, outbox } = dependencies;
  const { audit, invalidation, issuer, now } = dependencies;

  const linkOf = (token: string) => `${issuer}/auth/verify/link/${token}`;

  /**
   * Sends a verification mail in the transaction of the caller.
   * @param words the language of the page, used if the user has no locale
   */
  async function ask(user: User, tx: Knex, words?: string): Promise<void> {
    const { id: userId, email } = user;
    const order = { kind: 'verification', userId, email, emailKey: keyOf(email) } as const;
    const { token, code } = await proofs.issue(order, tx);
    const mail = verificationMail({ code, link: linkOf(token) });
    const locale = user.claims.locale ?? words;
    await outbox.add([{ ...mailTo(user, mail), locale }], tx);
  }

  async function verify(proof: EmailToken, user: User, tx: Knex): Promise<void> {
    const proven = await users.proveEmail(user.id, proof.emailKey, now(), tx);
    if (!proven) throw tokenExpired();
    if (proven === 'again') return;
    const actor = { kind: 'user', id: user.id } as const;
    await audit.append({ event: 'email.verified', actor, userId: user.id }, tx);
  }

  async function change(proof: EmailToken, user: User, tx: Knex): Promise<void> {
    const { email, emailKey } = proof;
    const { id: userId } = user;
    await proofs.endOfUser(userId, keyOf(user.email), tx);
    const since = proof.createdAt;
    await undoing.announce({ user, email, since, template: emailChangedMail }, tx);
    await users.changeEmail(userId, { email, emailKey, at: now() }, tx);
    const actor = { kind: 'user', id: userId } as const;
    await audit.append({ event: 'email.changed', actor, userId, personal: { email } }, tx);
  }

  /** @param asRead the authenticated user, as read before authentication completed */
  async function finish(proof: EmailToken, asRead: User): Promise<void> {
    if (proof.userId !== asRead.id) throw tokenExpired();
    const work = async (tx: Knex) => {
      if (!(await users.holdUnrevoked(asRead, tx))) throw tokenExpired();
      if (!(await proofs.use(proof, tx))) throw tokenExpired();
      const user = await users.findById(asRead.id, tx);
      if (!user || isBlocked(user, now())) throw tokenExpired();
      await (proof.kind === 'email_change' ? change : verify)(proof, user, tx);
    };
    try {
      await db.transaction(work);
    } catch (error) {
      // Another account was created with the address meanwhile.
      if (!isUniqueViolation(error)) throw error;
      throw new AppError('email_taken', 'There is already an account with this address.');
    }
    await invalidation.publish({ userId: proof.userId });
  }

  return {
    ask,
    /**
     * Sends the mail again; the code and link of the previous mail become invalid.
     * @throws AppError `throttled`
     */
    async askAgain(user: User, { address, locale }: AskingAgain): Promise<void> {
      await throttle.admit({ email: user.email, address });
      await db.transaction((tx) => ask(user, tx, locale));
    },
    /**
     * Requests a change of address, which takes effect when the new address is verified. The
     * response is the same if the address is taken, so that it does not reveal accounts.
     * @throws AppError `throttled`
     */
    async askForChange(
      user: User,
      typed: string,
      { address: from, locale: words }: AskingAgain,
    ): Promise<{ readonly ok: true } | { readonly ok: false; readonly email: EmailFault }> {
      const address = checkEmail(typed);
      if (!address.ok) return { ok: false, email: `email_${address.reason}` };
      const { email, key: emailKey } = address;
      const { id: userId } = user;
      if (registration.refuseDomain(email)) return { ok: false, email: 'email_domain' };
      await throttle.admit({ email, address: from });
      const known = await users.findByEmailKey(emailKey);
      // Users may change the spelling of their own address.
      const works = !known || known.id === userId;
      await db.transaction(async (tx) => {
        if (!(await users.holdUnrevoked(user, tx))) throw sessionRevoked();
        const order = { kind: 'email_change', userId, email, emailKey, works } as const;
        const { token, code } = await proofs.issue(order, tx);
        const mail = works
          ? emailChangeMail({ code, link: linkOf(token) })
          : emailChangeKnownMail(signInMethods(issuer));
        const to = works ? email : (known?.email ?? email);
        const locale = works ? (user.claims.locale ?? words) : known?.claims.locale;
        await outbox.add([{ kind: 'mail', userId: known?.id, to, locale, ...mail }], tx);
        const since = now();
        await undoing.announce({ user, email, since, template: emailChangeRequestedMail }, tx);
        const actor = { kind: 'user', id: userId } as const;
        const event = 'email.change_requested';
        await audit.append({ event, actor, userId, personal: { email } }, tx);
      });
      return { ok: true };
    },
    /** The latest verification that is pending for the user. */
    findPending: (userId: string) => proofs.findOfUser(userId, userProofKinds),
    async finishByCode(proofId: string, code: string, user: User): Promise<VerificationOutcome> {
      const typed = { proofId, kinds: userProofKinds, code, holder: { userId: user.id } };
      const checked = await proofs.checkCode(typed);
      if (!checked.ok) return checked;
      await finish(checked.proof, user);
      return { ok: true };
    },
    /** The caller must make sure that the user is signed in to the account. */
    finishByLink: finish,
  };
}

export type Verification = ReturnType<typeof createVerification>;

function keyOf(email: string): string {
  const address = checkEmail(email);
  return address.ok ? address.key : email;
}
