// New accounts, created by their users or by an operator.
import { registrationMails } from './registration.mails.ts';
import type { Knex } from 'knex';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { ProvenIdentity } from '#core/users/external-identity.ts';
import type { MailThrottle } from '#features/email-tokens/email-throttle.service.ts';
import type { EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import { loadCommonPasswords } from '#features/passwords/common-passwords.ts';
import type { PasswordCredentialStore } from '#features/passwords/password-credentials.store.ts';
import type { PasswordHasher } from '#platform/crypto/password-hashing.ts';
import { createRegistrationCounter } from './registration-metrics.ts';
import { createRegistration, type Registration } from './registration.service.ts';
import { createPendingRegistrations } from './verified-registration.service.ts';

export const registrationModule: Module = {
  name: 'registration',
  tables: [],
  mails: registrationMails,
};

export interface RegistrationModuleDependencies extends Runtime {
  readonly audit: Audit;
  readonly users: UserStore;
  readonly credentials: PasswordCredentialStore;
  readonly hasher: PasswordHasher;
}

export function createRegistrationModule(dependencies: RegistrationModuleDependencies) {
  const { audit, users, credentials, hasher, config, db, now } = dependencies;
  const { productName, minimumPasswordLength, registrationDomains } = config;
  return {
    registration: createRegistration({
      db,
      users,
      credentials,
      hasher,
      audit,
      isCommonPassword: loadCommonPasswords,
      productName,
      minimumPasswordLength,
      registrationDomains,
      registrations: createRegistrationCounter(dependencies.metrics),
      now,
    }),
  };
}

export interface VerifiedRegistrationDependencies extends Runtime {
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly users: UserStore;
  readonly registration: Registration;
  readonly emailTokens: EmailTokens;
  readonly mailThrottle: MailThrottle;
  readonly linkIdentity: (userId: string, identity: ProvenIdentity, tx: Knex) => Promise<boolean>;
}

/** Separate, because it links the identity with which a registration began. */
export function createVerifiedRegistration(dependencies: VerifiedRegistrationDependencies) {
  const { audit, outbox, users, registration, linkIdentity } = dependencies;
  const { emailTokens: proofs, mailThrottle: throttle } = dependencies;
  const { config, db } = dependencies;
  const { issuer } = config;
  const parts = { db, proofs, throttle, registration, users, linkIdentity, outbox, audit, issuer };
  return { pendingRegistrations: createPendingRegistrations(parts) };
}
