// Sign-in by email: a code or a link proves control of the mailbox and counts as one factor, like a
// password; a second factor is asked for afterwards. The first verification of an address removes
// everything set up before, which may belong to an attacker (pre-account hijacking).
import type { ProvenCredential } from '#core/sessions/authentication.ts';
import { isBlocked } from '#core/subject-status/subject-status.ts';
import { isAppError } from '#platform/errors.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { AccountCleanup } from '#core/account-data/account-cleanup.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { SignInCounter } from '#core/sessions/metrics/session-metrics.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { AskedMail, RequestEmail } from '#features/email-tokens/request-email.service.ts';
import type {
  CodeFault,
  EmailToken,
  EmailTokens,
} from '#features/email-tokens/email-tokens.service.ts';
import { tokenExpired, type EmailRequestContext } from '#features/email-tokens/email-tokens.ts';
import { signInMail, signInRefusedMail } from './email-sign-in-mail-templates.ts';

export interface EmailSignInServiceDependencies {
  readonly db: Database;
  readonly proofs: EmailTokens;
  readonly ask: RequestEmail;
  readonly users: UserStore;
  readonly cleanup: AccountCleanup;
  readonly blocking: Blocking;
  readonly audit: Audit;
  readonly signIns: SignInCounter;
  readonly now: () => Date;
}

/**
 * Control of the mailbox is proven; `hasSecondFactor` means that a second factor is still needed.
 */
export interface ProvenByMail extends ProvenCredential {
  readonly hasSecondFactor: boolean;
}

export type MailCodeOutcome =
  | { readonly ok: true; readonly proven: ProvenByMail }
  | { readonly ok: false; readonly reason: CodeFault };

const asked: AskedMail = {
  kind: 'sign_in',
  event: 'sign_in_mail.requested',
  linkPath: '/auth/sign-in/mail/link',
  template: signInMail,
  refusal: signInRefusedMail,
};

export function createEmailSignIn(dependencies: EmailSignInServiceDependencies) {
  const { db, proofs, ask, users, cleanup, blocking, audit, signIns, now } = dependencies;
  const countRefusal = () => signIns.add({ outcome: 'refused', method: 'email' });

  /** First verification of the address: removes everything set up in the account before. */
  async function startAfresh(known: ProvenByMail, proof: EmailToken): Promise<ProvenByMail> {
    const { id } = known.user;
    const actor = { kind: 'user', id } as const;
    const after: { proven?: ProvenByMail } = {};
    await blocking.revokeEverythingWith(id, actor, 'email.verified', async (tx, at) => {
      const proven = await users.proveEmail(id, proof.emailKey, at, tx);
      if (!proven || !(await proofs.use(proof, tx))) throw tokenExpired();
      // A concurrent verification has already removed the earlier contents.
      if (proven === 'first') await cleanup.removeBeforeFirstVerification(id, at, tx);
      await proofs.endOfUser(id, proof.emailKey, tx);
      const current = await users.findForSignIn(proof.emailKey, tx);
      // The revocation above adds one; any other difference means that a concurrent act came first.
      const isUnchanged = current?.user.securityVersion === known.user.securityVersion + 1;
      if (!current || !isUnchanged || isBlocked(current.user, at)) throw tokenExpired();
      const { user, hasSecondFactor } = current;
      after.proven = { user, hasSecondFactor, at: known.at };
    });
    if (!after.proven) throw tokenExpired();
    return after.proven;
  }

  async function useUp(known: ProvenByMail, proof: EmailToken): Promise<ProvenByMail> {
    const { user } = known;
    if (!user.emailVerified) return startAfresh(known, proof);
    await db.transaction(async (tx) => {
      const proven = await users.proveEmail(user.id, proof.emailKey, now(), tx);
      if (proven !== 'again' || !(await proofs.use(proof, tx))) throw tokenExpired();
      const actor = { kind: 'user', id: user.id } as const;
      await audit.append({ event: 'sign_in_mail.used', actor, userId: user.id }, tx);
    });
    return known;
  }

  /**
   * @throws AppError `expired` if the token has been used, the address of the account has changed,
   * or the user is blocked
   */
  async function finish(proof: EmailToken): Promise<ProvenByMail> {
    const at = now();
    try {
      const known = await users.findForSignIn(proof.emailKey);
      const isTheirs = known?.user.id === proof.userId;
      if (!known || !isTheirs || isBlocked(known.user, at)) throw tokenExpired();
      const { user, hasSecondFactor } = known;
      return await useUp({ user, hasSecondFactor, at }, proof);
    } catch (error) {
      if (isAppError(error, 'expired')) countRefusal();
      throw error;
    }
  }

  return {
    /** @throws AppError `throttled` */
    ask: (typed: string, asking: EmailRequestContext) => ask(asked, typed, asking),
    /** The latest email token requested in this browser. */
    findPending: (binding: string | undefined) => proofs.findByBinding(binding, 'sign_in'),
    /** Counts an invalid link; an expired one cannot be told from an invented one. */
    async findByLink(token: string): Promise<EmailToken | undefined> {
      const proof = await proofs.findByLink(token, ['sign_in']);
      if (!proof) countRefusal();
      return proof;
    },
    async finishByCode(
      proofId: string,
      code: string,
      binding: string | undefined,
    ): Promise<MailCodeOutcome> {
      const typed = { proofId, kinds: ['sign_in'], code, holder: { binding } } as const;
      const checked = await proofs.checkCode(typed);
      if (checked.ok) return { ok: true, proven: await finish(checked.proof) };
      countRefusal();
      return checked;
    },
    finishByLink: finish,
  };
}

export type EmailSignIn = ReturnType<typeof createEmailSignIn>;
