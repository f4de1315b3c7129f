// Signing in with others: the providers that are set, the way there and back, and whose is whose.
import type { Config } from '#platform/settings/config.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Keyring } from '#platform/secrets/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Audit } from '#services/audit/audit.ts';
import type { Notices } from '#services/blocking/notices.ts';
import type { SecondFactor } from '#services/factors/second-factor.ts';
import type { Registration } from '#services/accounts/registration.ts';
import { createIdentities, type Identities } from '#services/identities/identities.ts';
import { createProviderAccounts } from '#services/identities/new-accounts.ts';
import { createProviderTrips } from '#services/identities/provider-trips.ts';
import { createProviders } from '#services/identities/providers.ts';
import type { MailProofs } from '#services/mail-proofs/mail-proofs.ts';
import type { Registering } from '#services/mail-proofs/registering.ts';
import type { Verification } from '#services/mail-proofs/verification.ts';
import type { IdentityStore } from '#stores/accounts/identities.ts';
import type { UserStore } from '#stores/accounts/users.ts';
import type { PasskeyStore } from '#stores/factors/passkeys.ts';
import type { ShortLivedStore } from '#stores/short-lived/short-lived.ts';

export interface IdentityParts {
  readonly config: Pick<Config, 'issuer' | 'signInProviders' | 'outboundAllow'>;
  readonly log: Log;
  readonly now: () => Date;
  readonly db: Database;
  readonly shortLived: ShortLivedStore;
  readonly keyring: Keyring;
  readonly audit: Audit;
  readonly notices: Notices;
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
    providerTrips: createProviderTrips({ ...parts, store: shortLived }),
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
  readonly proofs: MailProofs;
}

export function wireProviderAccounts(parts: ProviderAccountParts) {
  const { emailVerification, registration: rule } = parts.config;
  const verifyFirst = emailVerification === 'required';
  const { users } = parts.stores;
  return { providerAccounts: createProviderAccounts({ ...parts, users, verifyFirst, rule }) };
}
