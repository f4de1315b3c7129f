// Recovery of an account by email: a new password for a user who forgot it.
import { recoveryMails } from './recovery.mails.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { AccountCleanup } from '#core/account-data/account-cleanup.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import type { RequestEmail } from '#features/email-tokens/request-email.service.ts';
import type { PasswordCredentialStore } from '#features/passwords/password-credentials.store.ts';
import type { Registration } from '#features/registration/registration.service.ts';
import { createRecovery } from './password-reset.service.ts';

export const recoveryModule: Module = { name: 'recovery', tables: [], mails: recoveryMails };

export interface RecoveryModuleDependencies extends Runtime {
  readonly outbox: Outbox;
  readonly users: UserStore;
  readonly blocking: Blocking;
  readonly accountCleanup: AccountCleanup;
  readonly credentials: PasswordCredentialStore;
  readonly emailTokens: EmailTokens;
  readonly requestEmail: RequestEmail;
  readonly registration: Registration;
}

export function createRecoveryModule(dependencies: RecoveryModuleDependencies) {
  const { outbox, users, blocking, credentials, registration } = dependencies;
  const { accountCleanup: cleanup, emailTokens: proofs, requestEmail: ask } = dependencies;
  const { issuer } = dependencies.config;
  return {
    recovery: createRecovery({
      proofs,
      ask,
      registration,
      users,
      credentials,
      cleanup,
      blocking,
      outbox,
      requestOrigin: dependencies.requestOrigin,
      issuer,
    }),
  };
}
