// Sign-in with identity providers, and the external identities that users link.
import { federationMails } from './federation.mails.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Rank } from '#core/access-control/rank.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import { createSignInCounter } from '#core/sessions/metrics/session-metrics.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import type { Verification } from '#features/email-verification/email-verification.service.ts';
import type { SecondFactor } from '#features/mfa/mfa.service.ts';
import type { PasskeyStore } from '#features/passkeys/passkeys.store.ts';
import type { TrustedDevices } from '#features/trusted-devices/trusted-devices.service.ts';
import type { Registration } from '#features/registration/registration.service.ts';
import type { PendingRegistrations } from '#features/registration/verified-registration.service.ts';
import type { ActiveProviders } from '#features/identity-providers/active-providers.service.ts';
import type { IdentityProviders } from '#features/identity-providers/identity-providers.service.ts';
import { createProviderAccounts } from './federated-registration.service.ts';
import { federationTables } from './federation-tables.store.ts';
import { createIdentities, type Identities } from './identities.service.ts';
import { createIdentityStore } from './identities.store.ts';
import { createProviders } from './providers.service.ts';
import { createProviderAdministration } from './management/provider-administration.service.ts';
import { createProviderCheck } from './upstream/provider-check.service.ts';
import { createUpstreamRequests } from './upstream-requests.service.ts';

export const federationModule: Module = {
  name: 'federation',
  tables: federationTables,
  mails: federationMails,
};

export interface FederationDependencies extends Runtime {
  readonly audit: Audit;
  readonly rank: Rank;
  readonly notifications: Notifications;
  readonly users: UserStore;
  readonly secondFactor: SecondFactor;
  readonly passkeyStore: PasskeyStore;
  readonly trustedDevices: TrustedDevices;
  readonly activeProviders: ActiveProviders;
  readonly identityProviders: IdentityProviders;
}

export function createFederationModule(dependencies: FederationDependencies) {
  const { audit, notifications, users, secondFactor, passkeyStore: passkeys } = dependencies;
  const { activeProviders } = dependencies;
  const { config, db, keyring, now, shortLived } = dependencies;
  const { issuer, outboundAllow } = config;
  const store = createIdentityStore(db);
  const identities = createIdentities({
    db,
    rank: dependencies.rank,
    store,
    users,
    passkeys,
    secondFactor,
    trustedDevices: dependencies.trustedDevices,
    providers: activeProviders,
    audit,
    notifications,
    signIns: createSignInCounter(dependencies.metrics),
    now,
  });
  const checkProvider = createProviderCheck({ activeProviders, outboundAllow, now });
  return {
    identities,
    providerAdministration: createProviderAdministration({
      ...dependencies,
      checkProvider,
      issuer,
    }),
    linkIdentity: identities.join,
    providers: createProviders({ ...dependencies, issuer, outboundAllow }),
    upstreamRequests: createUpstreamRequests({ store: shortLived, keyring, now }),
  };
}

export interface FederatedRegistrationDependencies extends Runtime {
  readonly users: UserStore;
  readonly emailTokens: EmailTokens;
  readonly identities: Identities;
  readonly registration: Registration;
  readonly pendingRegistrations: PendingRegistrations;
  readonly verification: Verification;
}

/** Separate, because registration with a verified address links identities itself. */
export function createFederatedRegistration(dependencies: FederatedRegistrationDependencies) {
  const { users, emailTokens: proofs, identities } = dependencies;
  const { registration, pendingRegistrations, verification } = dependencies;
  const { config, db } = dependencies;
  return {
    providerAccounts: createProviderAccounts({
      db,
      users,
      registration,
      pendingRegistrations,
      verification,
      identities,
      proofs,
      rule: config.registration,
      verifyFirst: config.emailVerification === 'required',
    }),
  };
}
