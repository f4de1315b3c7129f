// Changes the password of a signed-in user. An attacker who knew the old one loses access: all
// sessions, grants and tokens are revoked, and clients have to be authorized again.
import { isBlocked } from '#core/subject-status/subject-status.ts';
import type { User } from '#core/users/users.ts';
import { AppError } from '#platform/errors.ts';
import type { PasswordFault } from '#features/passwords/passwords.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { mailTo } from '#core/outbox/mail/mail.ts';
import { withOrigin } from '#core/outbox/mail/mail-origin.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import { passwordChangedMail } from '#features/passwords/password-mail-templates.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import type { PasswordCredentialStore } from '#features/passwords/password-credentials.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { Registration } from '#features/registration/registration.service.ts';

export interface PasswordChangeDependencies {
  readonly registration: Registration;
  readonly users: UserStore;
  readonly credentials: PasswordCredentialStore;
  readonly proofs: EmailTokens;
  readonly blocking: Blocking;
  readonly outbox: Outbox;
  readonly requestOrigin: RequestOriginSlot;
  readonly issuer: string;
}

export type PasswordChangeOutcome =
  | { readonly ok: true; readonly user: User }
  | { readonly ok: false; readonly password: PasswordFault };

export function createPasswordChange(dependencies: PasswordChangeDependencies) {
  const { registration, users, credentials, proofs, blocking, outbox, issuer } = dependencies;
  return {
    /**
     * Revokes the requesting session as well.
     * @param before the user as read before the old password was verified
     * @throws AppError `forbidden` when that session, or anything else of the user, was revoked
     * since
     */
    async change(
      before: User,
      sessionUid: string,
      password: string,
    ): Promise<PasswordChangeOutcome> {
      const { id, email, claims } = before;
      const prepared = await registration.prepare({ email, password, claims });
      if (!prepared.ok) return { ok: false, password: prepared.password ?? 'common' };
      const { emailKey, passwordHash } = prepared.account;
      const actor = { kind: 'user', id } as const;
      let changed: User | undefined;
      await blocking.revokeEverythingWith(id, actor, 'password.changed', async (tx, at, ended) => {
        const current = await users.findById(id, tx);
        // The revocation above increments the version by one; any other value means a concurrent
        // change.
        const isUnchanged = current?.securityVersion === before.securityVersion + 1;
        const isStillSignedIn = ended.some(({ uid }) => uid === sessionUid);
        if (!current || !isUnchanged || !isStillSignedIn || isBlocked(current, at)) {
          throw noLongerAllowed();
        }
        changed = current;
        await credentials.set(id, passwordHash, at, tx);
        await proofs.endOfUser(id, emailKey, tx);
        const mail = passwordChangedMail({ link: `${issuer}/auth/recover` });
        const notice = withOrigin(dependencies.requestOrigin, mail, { by: actor, userId: id });
        await outbox.add([mailTo(current, notice)], tx);
      });
      if (!changed) throw noLongerAllowed();
      return { ok: true, user: changed };
    },
  };
}

export type PasswordChange = ReturnType<typeof createPasswordChange>;

function noLongerAllowed(): AppError {
  return new AppError('forbidden', 'This account cannot be changed at the moment.');
}
