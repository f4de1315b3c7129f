// Password reset: a mail with a code and a link, then a new password. Response and timing are the
// same whether or not an account exists. A reset revokes all sessions and tokens, lifts no block
// and starts no session: the user signs in afterwards, with every factor that the account requires.
import { isAppError } from '#platform/errors.ts';
import type { PasswordFault } from '#features/passwords/passwords.ts';
import { isBlocked } from '#core/subject-status/subject-status.ts';
import type { AccountCleanup } from '#core/account-data/account-cleanup.service.ts';
import type { Registration } from '#features/registration/registration.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { mailTo } from '#core/outbox/mail/mail.ts';
import { withOrigin } from '#core/outbox/mail/mail-origin.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import { passwordChangedMail } from '#features/passwords/password-mail-templates.ts';
import { recoveryMail, recoveryRefusedMail } from './recovery-mail-templates.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { PasswordCredentialStore } from '#features/passwords/password-credentials.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { AskedMail, RequestEmail } from '#features/email-tokens/request-email.service.ts';
import type {
  CodeFault,
  EmailToken,
  EmailTokens,
} from '#features/email-tokens/email-tokens.service.ts';
import { tokenExpired, type EmailRequestContext } from '#features/email-tokens/email-tokens.ts';

export interface RecoveryDependencies {
  readonly proofs: EmailTokens;
  readonly ask: RequestEmail;
  readonly registration: Registration;
  readonly users: UserStore;
  readonly credentials: PasswordCredentialStore;
  readonly cleanup: AccountCleanup;
  readonly blocking: Blocking;
  readonly outbox: Outbox;
  readonly requestOrigin: RequestOriginSlot;
  readonly issuer: string;
}

const asked: AskedMail = {
  kind: 'recovery',
  event: 'recovery.requested',
  linkPath: '/auth/recover/link',
  template: recoveryMail,
  refusal: recoveryRefusedMail,
};

export type ResetOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly password: PasswordFault };

export function createRecovery(dependencies: RecoveryDependencies) {
  const { proofs, ask, registration, users, credentials, cleanup } = dependencies;
  const { blocking, outbox, issuer } = dependencies;

  return {
    /** @throws AppError `throttled` */
    ask: (typed: string, asking: EmailRequestContext) => ask(asked, typed, asking),
    /** The latest request of this browser. */
    findPending: (binding: string | undefined) => proofs.findByBinding(binding, 'recovery'),
    /** A correct code gives this browser access to the page for the new password. */
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
     * @throws AppError `expired` when the token was already used, or the account now has another
     * address or is blocked
     */
    async setPassword(proof: EmailToken, password: string): Promise<ResetOutcome> {
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
          if (!proven || !(await proofs.use(proof, tx))) throw tokenExpired();
          // Read again inside the transaction: a block imposed after the mail was sent must hold.
          const current = await users.findById(userId, tx);
          if (!current || isBlocked(current, at)) throw tokenExpired();
          if (proven === 'first') await cleanup.removeBeforeFirstVerification(userId, at, tx);
          await credentials.set(userId, passwordHash, at, tx);
          await proofs.endOfUser(userId, emailKey, tx);
          const mail = passwordChangedMail({ link: `${issuer}/auth/recover` });
          const notice = withOrigin(dependencies.requestOrigin, mail, { by: actor, userId });
          await outbox.add([mailTo(current, notice)], tx);
        })
        .catch((error: unknown) => {
          if (isAppError(error, 'user_not_found')) throw tokenExpired();
          throw error;
        });
      return { ok: true };
    },
  };
}

export type Recovery = ReturnType<typeof createRecovery>;
