// Sets the password of a user on behalf of an operator. All sessions, grants and tokens are revoked, because
// someone who knew the previous password may hold them.
import type { AuditActor } from '#core/audit/audit.ts';
import { mailTo } from '#core/outbox/mail/mail.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { Receipt } from '#core/revocation/receipts.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { canonicalEmail } from '#core/users/email-addresses.ts';
import type { User } from '#core/users/users.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import type { PasswordCredentialStore } from '#features/passwords/password-credentials.store.ts';
import { passwordChangedMail } from '#features/passwords/password-mail-templates.ts';
import type { PasswordFault } from '#features/passwords/passwords.ts';
import type { Registration } from '#features/registration/registration.service.ts';
import { AppError } from '#platform/errors.ts';

export interface PasswordAssignmentDependencies {
  readonly registration: Registration;
  readonly users: UserStore;
  readonly credentials: PasswordCredentialStore;
  readonly proofs: EmailTokens;
  readonly blocking: Blocking;
  readonly outbox: Outbox;
  readonly issuer: string;
}

export type AssignmentOutcome =
  | { readonly ok: true; readonly receipt: Receipt }
  | { readonly ok: false; readonly password: PasswordFault };

export function createPasswordAssignment(dependencies: PasswordAssignmentDependencies) {
  const { registration, users, credentials, proofs, blocking, outbox, issuer } = dependencies;
  return {
    /** @throws AppError `conflict` when anything of the user was revoked since the user was read */
    async assign(user: User, password: string, by: AuditActor): Promise<AssignmentOutcome> {
      const { id, email, claims } = user;
      const prepared = await registration.prepare({ email, password, claims });
      if (!prepared.ok) return { ok: false, password: prepared.password ?? 'common' };
      const { emailKey, passwordHash } = prepared.account;
      const receipt = await blocking.revokeEverythingWith(
        id,
        by,
        'password.reset',
        async (tx, at) => {
          const current = await users.findById(id, tx);
          // The revocation above increments the version by one; any other value means that a
          // concurrent change, such as a password reset by the user, came first.
          if (!current || current.securityVersion !== user.securityVersion + 1) throw changed();
          await credentials.set(id, passwordHash, at, tx);
          await proofs.endOfUser(id, emailKey, tx);
          await proofs.endRevertsToOthers(id, canonicalEmail(current.email), tx);
          const mail = passwordChangedMail({ link: `${issuer}/auth/recover` });
          await outbox.add([mailTo(current, mail)], tx);
        },
      );
      return { ok: true, receipt };
    },
  };
}

export type PasswordAssignment = ReturnType<typeof createPasswordAssignment>;

function changed(): AppError {
  return new AppError('conflict', 'The account was changed at the same time. Please try again.');
}
