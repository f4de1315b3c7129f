// Creates the services for federation: configured providers, upstream requests and linked
// identities.
import type { Config } from '#config/config.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import type { SecondFactor } from '#features/mfa/mfa.service.ts';
import type { Registration } from '#features/account-creation/account-creation.service.ts';
import { createIdentities, type Identities } from '#features/federation/identities.service.ts';
import { createProviderAccounts } from '#features/federation/federated-registration.service.ts';
import { createUpstreamRequests } from '#features/federation/upstream-requests.service.ts';
import { createProviders } from '#features/federation/providers.service.ts';
import type { EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import type { Registering } from '#features/email-tokens/verified-registration.service.ts';
import type { Verification } from '#features/email-verification/email-verification.service.ts';
import type { IdentityStore } from '#features/federation/identities.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { PasskeyStore } from '#features/passkeys/passkeys.store.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

export interface IdentityParts {
  readonly config: Pick<Config, 'issuer' | 'signInProviders' | 'outboundAllow'>;
  readonly log: Log;
  readonly now: () => Date;
  readonly db: Database;
  readonly shortLived: ShortLivedStore;
  readonly keyring: Keyring;
  readonly audit: Audit;
  readonly notifications: Notifications;
  readonly secondFactor: SecondFactor;
  readonly stores: {
    readonly identities: IdentityStore;
    readonly users: UserStore;
    readonly passkeys: PasskeyStore;
  };
}

export function wireIdentities(parts: IdentityParts) {
  const { config, shortLived, stores } = parts;
  const { issuer, outboundAllow, signInProviders: providers } = config;
  const { identities: store, users, passkeys } = stores;
  return {
    identities: createIdentities({ ...parts, store, users, passkeys, providers }),
    providers: createProviders({ ...parts, providers, issuer, outboundAllow }),
    upstreamRequests: createUpstreamRequests({ ...parts, store: shortLived }),
  };
}

export interface ProviderAccountParts {
  readonly config: Pick<Config, 'emailVerification' | 'registration'>;
  readonly db: Database;
  readonly stores: { readonly users: UserStore };
  readonly registration: Registration;
  readonly registering: Registering;
  readonly verification: Verification;
  readonly identities: Identities;
  readonly proofs: EmailTokens;
}

export function wireProviderAccounts(parts: ProviderAccountParts) {
  const { emailVerification, registration: rule } = parts.config;
  const verifyFirst = emailVerification === 'required';
  const { users } = parts.stores;
  return { providerAccounts: createProviderAccounts({ ...parts, users, verifyFirst, rule }) };
}
