// Change of a password by the user.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import type { PasswordCredentialStore } from '#features/passwords/password-credentials.store.ts';
import type { Registration } from '#features/registration/registration.service.ts';
import { createPasswordChange } from './password-change.service.ts';

export const passwordChangeModule: Module = { name: 'password-change', tables: [], mails: [] };

export interface PasswordChangeModuleDependencies extends Runtime {
  readonly outbox: Outbox;
  readonly users: UserStore;
  readonly blocking: Blocking;
  readonly credentials: PasswordCredentialStore;
  readonly emailTokens: EmailTokens;
  readonly registration: Registration;
}

export function createPasswordChangeModule(dependencies: PasswordChangeModuleDependencies) {
  const { outbox, users, blocking, credentials, registration, emailTokens: proofs } = dependencies;
  const { requestOrigin } = dependencies;
  const { issuer } = dependencies.config;
  const parts = {
    registration,
    users,
    credentials,
    proofs,
    blocking,
    outbox,
    requestOrigin,
    issuer,
  };
  return { passwordChange: createPasswordChange(parts) };
}
