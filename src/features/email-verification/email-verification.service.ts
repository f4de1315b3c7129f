// Verifies the email address of an existing account. An address takes effect only when a user who is
// signed in to the account proves control of the mailbox. Otherwise the owner of the mailbox could
// be tricked into confirming an account that an attacker created with the address. The change of an
// address is in email-change.service.ts.
import type { Knex } from 'knex';
import { AppError } from '#platform/errors.ts';
import { isBlocked } from '#core/subject-status/subject-status.ts';
import type { User } from '#core/users/users.ts';
import { isUniqueViolation } from '#platform/database/errors.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import { mailTo } from '#core/outbox/mail/mail.ts';
import {
  applyEmailChange,
  emailKeyOf,
  requestEmailChange,
  verificationLink,
  type AskingAgain,
  type EmailChangeDependencies,
} from './email-change.service.ts';
import { verificationMail } from './verification-mail-templates.ts';
import type { CodeFault, EmailToken } from '#features/email-tokens/email-tokens.service.ts';
import { tokenExpired } from '#features/email-tokens/email-tokens.ts';

export interface VerificationDependencies extends EmailChangeDependencies {
  readonly invalidation: Invalidation;
}

export const userProofKinds = ['verification', 'email_change'] as const;

export type VerificationOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: CodeFault };

/**
 * Sends a verification mail in the transaction of the caller.
 * @param words the language of the page, used if the user has no locale
 */
async function ask(
  { proofs, outbox, issuer }: VerificationDependencies,
  user: User,
  tx: Knex,
  words?: string,
): Promise<void> {
  const { id: userId, email } = user;
  const order = { kind: 'verification', userId, email, emailKey: emailKeyOf(email) } as const;
  const { token, code } = await proofs.issue(order, tx);
  const mail = verificationMail({ code, link: verificationLink(issuer, token) });
  const locale = user.claims.locale ?? words;
  await outbox.add([{ ...mailTo(user, mail), locale }], tx);
}

async function verify(
  { users, audit, now }: VerificationDependencies,
  proof: EmailToken,
  user: User,
  tx: Knex,
): Promise<void> {
  const proven = await users.proveEmail(user.id, proof.emailKey, now(), tx);
  if (!proven) throw tokenExpired();
  if (proven === 'again') return;
  const actor = { kind: 'user', id: user.id } as const;
  await audit.append({ event: 'email.verified', actor, userId: user.id }, tx);
}

/** @param asRead the authenticated user, as read before authentication completed */
async function finish(
  dependencies: VerificationDependencies,
  proof: EmailToken,
  asRead: User,
): Promise<void> {
  const { db, proofs, users, invalidation, now } = dependencies;
  if (proof.userId !== asRead.id) throw tokenExpired();
  const work = async (tx: Knex) => {
    if (!(await users.holdUnrevoked(asRead, tx))) throw tokenExpired();
    if (!(await proofs.use(proof, tx))) throw tokenExpired();
    const user = await users.findById(asRead.id, tx);
    if (!user || isBlocked(user, now())) throw tokenExpired();
    const take = proof.kind === 'email_change' ? applyEmailChange : verify;
    await take(dependencies, proof, user, tx);
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

export function createVerification(dependencies: VerificationDependencies) {
  const { db, proofs, throttle } = dependencies;

  return {
    ask: (user: User, tx: Knex, words?: string): Promise<void> =>
      ask(dependencies, user, tx, words),
    /**
     * Sends the mail again; the code and link of the previous mail become invalid.
     * @throws AppError `throttled`
     */
    async askAgain(user: User, { address, locale }: AskingAgain): Promise<void> {
      await throttle.admit({ email: user.email, address });
      await db.transaction((tx) => ask(dependencies, user, tx, locale));
    },
    /**
     * Requests a change of address, which takes effect when the new address is verified. The
     * response is the same if the address is taken, so that it does not reveal accounts.
     * @throws AppError `throttled`
     */
    askForChange: (user: User, typed: string, asking: AskingAgain) =>
      requestEmailChange(dependencies, user, typed, asking),
    /** The latest verification that is pending for the user. */
    findPending: (userId: string) => proofs.findOfUser(userId, userProofKinds),
    async finishByCode(proofId: string, code: string, user: User): Promise<VerificationOutcome> {
      const typed = { proofId, kinds: userProofKinds, code, holder: { userId: user.id } };
      const checked = await proofs.checkCode(typed);
      if (!checked.ok) return checked;
      await finish(dependencies, checked.proof, user);
      return { ok: true };
    },
    /** The caller must make sure that the user is signed in to the account. */
    finishByLink: (proof: EmailToken, asRead: User): Promise<void> =>
      finish(dependencies, proof, asRead),
  };
}

export type Verification = ReturnType<typeof createVerification>;
