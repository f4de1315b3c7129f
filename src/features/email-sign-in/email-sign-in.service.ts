// Signing in by mail: a code or a link shows that the mailbox is theirs, which is one proof, as a
// password is; whatever else the person has set up is asked for afterwards. Whoever is the first to
// prove an address starts afresh: what was set up before may be a stranger's.
import type { ProvenCredential } from '#core/sessions/authentication.ts';
import { isBlocked } from '#core/subject-status/subject-status.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { AccountCleanup } from '#features/account-cleanup/account-cleanup.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { AskedMail, AskForMail } from '#features/email-tokens/request-email.service.ts';
import type {
  CodeFault,
  MailProof,
  MailProofs,
} from '#features/email-tokens/email-tokens.service.ts';
import { usedUp, type Asking } from '#features/email-tokens/verified-registration.service.ts';

export interface MailSignInDependencies {
  readonly db: Database;
  readonly proofs: MailProofs;
  readonly ask: AskForMail;
  readonly users: UserStore;
  readonly cleanup: AccountCleanup;
  readonly blocking: Blocking;
  readonly audit: Audit;
  readonly now: () => Date;
}

/** The mailbox is proven; with a second factor that is half of it. */
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
  template: 'sign_in',
  refusal: 'sign_in_refused',
};

export function createMailSignIn(dependencies: MailSignInDependencies) {
  const { db, proofs, ask, users, cleanup, blocking, audit, now } = dependencies;

  /** The first proof of the address: nothing of the account from before stays. */
  async function startAfresh(known: ProvenByMail, proof: MailProof): Promise<ProvenByMail> {
    const { id } = known.user;
    const actor = { kind: 'user', id } as const;
    const after: { proven?: ProvenByMail } = {};
    await blocking.revokeEverythingWith(id, actor, 'email.verified', async (tx, at) => {
      const proven = await users.proveEmail(id, proof.emailKey, at, tx);
      if (!proven || !(await proofs.use(proof, tx))) throw usedUp();
      // Proven in another way meanwhile: that way has removed what had to go.
      if (proven === 'first') await cleanup.removeBeforeFirstProof(id, at, tx);
      await proofs.endOfUser(id, proof.emailKey, tx);
      const current = await users.findForSignIn(proof.emailKey, tx);
      // This act counts as one: with another number, something else came between.
      const isUnchanged = current?.user.securityVersion === known.user.securityVersion + 1;
      if (!current || !isUnchanged || isBlocked(current.user, at)) throw usedUp();
      const { user, hasSecondFactor } = current;
      after.proven = { user, hasSecondFactor, at: known.at };
    });
    if (!after.proven) throw usedUp();
    return after.proven;
  }

  async function useUp(known: ProvenByMail, proof: MailProof): Promise<ProvenByMail> {
    const { user } = known;
    if (!user.emailVerified) return startAfresh(known, proof);
    await db.transaction(async (tx) => {
      const proven = await users.proveEmail(user.id, proof.emailKey, now(), tx);
      if (proven !== 'again' || !(await proofs.use(proof, tx))) throw usedUp();
      const actor = { kind: 'user', id: user.id } as const;
      await audit.append({ event: 'sign_in_mail.used', actor, userId: user.id }, tx);
    });
    return known;
  }

  /**
   * @throws AppError `expired` when the proof was used, the account has another address by now, or it
   * may not act any more
   */
  async function finish(proof: MailProof): Promise<ProvenByMail> {
    const at = now();
    const known = await users.findForSignIn(proof.emailKey);
    if (!known || known.user.id !== proof.userId || isBlocked(known.user, now())) throw usedUp();
    const { user, hasSecondFactor } = known;
    return useUp({ user, hasSecondFactor, at }, proof);
  }

  return {
    /** @throws AppError `throttled` */
    ask: (typed: string, asking: Asking) => ask(asked, typed, asking),
    /** What this browser asked for last. */
    findPending: (binding: string | undefined) => proofs.findByBinding(binding, 'sign_in'),
    findByLink: (token: string) => proofs.findByLink(token, ['sign_in']),
    async finishByCode(
      proofId: string,
      code: string,
      binding: string | undefined,
    ): Promise<MailCodeOutcome> {
      const typed = { proofId, kinds: ['sign_in'], code, holder: { binding } } as const;
      const checked = await proofs.checkCode(typed);
      return checked.ok ? { ok: true, proven: await finish(checked.proof) } : checked;
    },
    finishByLink: finish,
  };
}

export type MailSignIn = ReturnType<typeof createMailSignIn>;
