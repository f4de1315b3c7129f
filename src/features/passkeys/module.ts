// Passkeys (Web Authentication Level 3): registration, sign-in and management.
import { passkeyMails } from './mails/passkeys.mails.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { ActiveProviders } from '#features/identity-providers/active-providers.service.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import { createSignInCounter } from '#core/sessions/metrics/session-metrics.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { PasswordCredentialStore } from '#features/passwords/password-credentials.store.ts';
import type { TrustedDevices } from '#features/trusted-devices/trusted-devices.service.ts';
import { createPasskeyChallenges } from './passkey-challenges.service.ts';
import { createPasskeySignIn } from './passkey-sign-in.service.ts';
import { passkeyTables } from './passkeys-tables.store.ts';
import { createPasskeys } from './passkeys.service.ts';
import { createPasskeyStore } from './passkeys.store.ts';
import { createWebAuthn } from './webauthn/webauthn.ts';

export const passkeysModule: Module = {
  name: 'passkeys',
  tables: passkeyTables,
  mails: passkeyMails,
};

export interface PasskeysModuleDependencies extends Runtime {
  readonly audit: Audit;
  readonly notifications: Notifications;
  readonly users: UserStore;
  readonly credentials: PasswordCredentialStore;
  readonly trustedDevices: TrustedDevices;
  readonly activeProviders: ActiveProviders;
}

export function createPasskeysModule(dependencies: PasskeysModuleDependencies) {
  const { audit, notifications, users, credentials, config, db, now, shortLived } = dependencies;
  const { hostname: rpId, origin } = config.issuerUrl;
  const origins = [origin, ...config.passkeyOrigins];
  const issuers = () => dependencies.activeProviders.list.map(({ issuer }) => issuer);
  const passkeyStore = createPasskeyStore(db, issuers);
  const webauthn = createWebAuthn({ rpId, rpName: config.productName, origins });
  const challenges = createPasskeyChallenges({ store: shortLived, now });
  const parts = { db, store: passkeyStore, users, challenges, webauthn, audit, notifications, now };
  return {
    passkeyStore,
    passkeys: createPasskeys({
      ...parts,
      credentials,
      trustedDevices: dependencies.trustedDevices,
    }),
    passkeySignIn: createPasskeySignIn({
      ...parts,
      signIns: createSignInCounter(dependencies.metrics),
    }),
  };
}
