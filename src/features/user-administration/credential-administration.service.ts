// Lists and removes the credentials of a user, on behalf of an operator. Unlike the user, an operator may
// remove the last one, because the recovery mail still gives access. The user is notified. A removal cancels
// the sign-ins that are not complete, because one of them may rely on the removed credential.
import type { Knex } from 'knex';
import type { Rank } from '#core/access-control/rank.service.ts';
import type { AuditActor, AuditEvent } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Mail } from '#core/outbox/mail/mail.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import type { FactorState, SecondFactor } from '#features/mfa/mfa.service.ts';
import { passkeyRemovedMail } from '#features/passkeys/mails/passkey-mail-templates.ts';
import type { Passkey } from '#features/passkeys/passkeys.ts';
import type { PasskeyStore } from '#features/passkeys/passkeys.store.ts';
import type { PasswordCredentialStore } from '#features/passwords/password-credentials.store.ts';
import { passwordRemovedMail } from '#features/passwords/password-mail-templates.ts';
import type { TrustedDevices } from '#features/trusted-devices/trusted-devices.service.ts';
import type { Database } from '#platform/database/postgres.ts';

export interface CredentialAdministrationDependencies {
  readonly db: Database;
  readonly rank: Rank;
  readonly passkeyStore: PasskeyStore;
  readonly secondFactor: SecondFactor;
  readonly credentials: PasswordCredentialStore;
  readonly trustedDevices: TrustedDevices;
  readonly audit: Audit;
  readonly notifications: Notifications;
}

export interface Credentials {
  readonly passwordChangedAt: Date | undefined;
  readonly secondFactor: FactorState;
  readonly passkeys: readonly Passkey[];
}

export function createCredentialAdministration(dependencies: CredentialAdministrationDependencies) {
  const { db, rank, passkeyStore, secondFactor, credentials } = dependencies;
  const { trustedDevices, audit, notifications } = dependencies;

  interface Removal {
    readonly userId: string;
    readonly by: AuditActor;
    readonly event: AuditEvent;
    /** Returns the mail about the removal; `undefined`: there is no such credential. */
    remove(tx: Knex): Promise<Mail | undefined>;
  }

  function removeAndTell({ userId, by, event, remove }: Removal): Promise<boolean> {
    return db.transaction(async (tx) => {
      await rank.prove(by, { userId }, tx);
      // Locks the user before the credentials, as a revocation does.
      await passkeyStore.signInMethods(userId, tx);
      const mail = await remove(tx);
      if (!mail) return false;
      await trustedDevices.revokeAllIn(tx, userId, by);
      await audit.append({ event, actor: by, userId }, tx);
      await notifications.notifyOfAct(userId, mail, { by, tx });
      return true;
    });
  }

  return {
    async list(userId: string): Promise<Credentials> {
      const [passwordChangedAt, factor, passkeys] = await Promise.all([
        credentials.changedAt(userId),
        secondFactor.state(userId),
        passkeyStore.list(userId),
      ]);
      return { passwordChangedAt, secondFactor: factor, passkeys };
    },
    /** False: the user has no password. */
    removePassword: (userId: string, by: AuditActor): Promise<boolean> =>
      removeAndTell({
        userId,
        by,
        event: 'password.removed',
        remove: async (tx) =>
          (await credentials.remove(userId, tx)) ? passwordRemovedMail() : undefined,
      }),
    /** False: the user has no second factor. */
    removeSecondFactor: (userId: string, by: AuditActor): Promise<boolean> =>
      secondFactor.remove(userId, by),
    /** False: the user has no such passkey. */
    removePasskey: (userId: string, id: string, by: AuditActor): Promise<boolean> =>
      removeAndTell({
        userId,
        by,
        event: 'passkey.removed',
        async remove(tx) {
          const known = (await passkeyStore.list(userId, tx)).find((each) => each.id === id);
          if (!known || !(await passkeyStore.remove(userId, id, tx))) return undefined;
          return passkeyRemovedMail({ passkey: known.name });
        },
      }),
  };
}

export type CredentialAdministration = ReturnType<typeof createCredentialAdministration>;
