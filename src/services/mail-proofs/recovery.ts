// A forgotten password: a mail with a code and a link, and then a new one. The answer and its time are
// the same whether there is an account. A reset ends everything that was signed in, lifts no block,
// and signs nobody in: that is left to the sign-in page and to whatever else it asks for.
import { isAppError } from '#domain/errors.ts';
import type { PasswordFault } from '#domain/people/passwords.ts';
import { isBlocked } from '#domain/standing.ts';
import type { AccountCleanup } from '#services/accounts/account-cleanup.ts';
import type { Registration } from '#services/accounts/registration.ts';
import type { Blocking } from '#services/blocking/blocking.ts';
import type { Outbox } from '#services/delivery/outbox.ts';
import type { PasswordCredentialStore } from '#stores/accounts/password-credentials.ts';
import type { UserStore } from '#stores/accounts/users.ts';
import type { AskedMail, AskForMail } from './asking.ts';
import type { CodeFault, MailProof, MailProofs } from './mail-proofs.ts';
import { usedUp, type Asking } from './registering.ts';

export interface RecoveryDependencies {
  readonly proofs: MailProofs;
  readonly ask: AskForMail;
  readonly registration: Registration;
  readonly users: UserStore;
  readonly credentials: PasswordCredentialStore;
  readonly cleanup: AccountCleanup;
  readonly blocking: Blocking;
  readonly outbox: Outbox;
  readonly issuer: string;
}

const asked: AskedMail = {
  kind: 'recovery',
  event: 'recovery.requested',
  linkPath: '/auth/recover/link',
  template: 'recovery',
  refusal: 'recovery_refused',
};

export type ResetOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly password: PasswordFault };

export function createRecovery(dependencies: RecoveryDependencies) {
  const { proofs, ask, registration, users, credentials, cleanup } = dependencies;
  const { blocking, outbox, issuer } = dependencies;

  return {
    /** @throws AppError `throttled` */
    ask: (typed: string, asking: Asking) => ask(asked, typed, asking),
    /** What this browser asked for last. */
    findPending: (binding: string | undefined) => proofs.findByBinding(binding, 'recovery'),
    /** A right code opens the page for the new password, in this browser. */
    async enterCode(
      proofId: string,
      code: string,
      binding: string | undefined,
    ): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: CodeFault }> {
      const typed = { proofId, kinds: ['recovery'], code, holder: { binding } } as const;
      const checked = await proofs.checkCode(typed);
      if (!checked.ok) return checked;
      const isProven = await proofs.prove(checked.proof.id);
      return isProven ? { ok: true } : { ok: false, reason: 'over' };
    },
    findByLink: (token: string) => proofs.findByLink(token, ['recovery']),
    /**
     * @throws AppError `expired` when the proof was used, the account has another address by now, or
     * it may not act any more
     */
    async setPassword(proof: MailProof, password: string): Promise<ResetOutcome> {
      const { userId = '', email, emailKey } = proof;
      const user = await users.findById(userId);
      const { claims = {} } = user ?? {};
      const prepared = await registration.prepare({ email, password, claims });
      if (!prepared.ok) return { ok: false, password: prepared.password ?? 'common' };
      const { passwordHash } = prepared.account;
      const actor = { kind: 'user', id: userId } as const;
      await blocking
        .revokeEverythingWith(userId, actor, 'password.reset', async (tx, at) => {
          const proven = await users.proveEmail(userId, emailKey, at, tx);
          if (!proven || !(await proofs.use(proof, tx))) throw usedUp();
          // Read again in here: a block that came after the mail must hold.
          const current = await users.findById(userId, tx);
          if (!current || isBlocked(current, at)) throw usedUp();
          if (proven === 'first') await cleanup.removeBeforeFirstProof(userId, at, tx);
          await credentials.set(userId, passwordHash, at, tx);
          await proofs.endOfUser(userId, emailKey, tx);
          const { email: to } = current;
          const { locale } = current.claims;
          const template = 'password_changed';
          const values = { link: `${issuer}/auth/recover` };
          await outbox.add([{ kind: 'mail', userId, to, locale, template, values }], tx);
        })
        .catch((error: unknown) => {
          if (isAppError(error, 'user_not_found')) throw usedUp();
          throw error;
        });
      return { ok: true };
    },
  };
}

export type Recovery = ReturnType<typeof createRecovery>;
