// Signing in by mail: a code or a link shows that the mailbox is theirs, which is one proof, as a
// password is; whatever else the person has set up is asked for afterwards. Whoever is the first to
// prove an address starts afresh: what was set up before may be a stranger's.
import type { ProvenCredential } from '#domain/people/authentication.ts';
import type { User } from '#domain/people/users.ts';
import { isBlocked } from '#domain/standing.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Audit } from '#services/audit/audit.ts';
import type { Blocking } from '#services/blocking/blocking.ts';
import type { UserStore } from '#stores/accounts/users.ts';
import type { AskedMail, AskForMail } from './asking.ts';
import type { CodeFault, MailProof, MailProofs } from './mail-proofs.ts';
import { usedUp, type Asking } from './registering.ts';
import type { StrangersWays } from './strangers-ways.ts';

export interface MailSignInDependencies {
  readonly db: Database;
  readonly proofs: MailProofs;
  readonly ask: AskForMail;
  readonly users: UserStore;
  readonly strangers: StrangersWays;
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
  const { db, proofs, ask, users, strangers, blocking, audit, now } = dependencies;

  /** The user as this act left it: anything that was ended meanwhile has another version. */
  async function startAfresh(user: User, proof: MailProof): Promise<User> {
    const actor = { kind: 'user', id: user.id } as const;
    let current: User | undefined;
    await blocking.revokeEverythingWith(user.id, actor, 'email.verified', async (tx, at) => {
      if (!(await proofs.use(proof, tx))) throw usedUp();
      await users.verifyEmail(user.id, proof.emailKey, at, tx);
      await strangers.remove(user.id, tx);
      current = await users.findById(user.id, tx);
    });
    if (current?.securityVersion !== user.securityVersion + 1) throw usedUp();
    return current;
  }

  async function useUp(user: User, proof: MailProof): Promise<User> {
    if (!user.emailVerified) return startAfresh(user, proof);
    await db.transaction(async (tx) => {
      if (!(await proofs.use(proof, tx))) throw usedUp();
      const actor = { kind: 'user', id: user.id } as const;
      await audit.append({ event: 'sign_in_mail.used', actor, userId: user.id }, tx);
    });
    return user;
  }

  /** @throws AppError `expired` when the proof was used, or the account may not act any more */
  async function finish(proof: MailProof): Promise<ProvenByMail> {
    const at = now();
    const known = await users.findForSignIn(proof.emailKey);
    if (!known || known.user.id !== proof.userId || isBlocked(known.user, now())) throw usedUp();
    const { user, hasSecondFactor } = known;
    return { user: await useUp(user, proof), at, hasSecondFactor };
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
