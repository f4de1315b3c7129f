// Creates the PostgreSQL stores.
import type { Config } from '#config/config.ts';
import type { Database } from '#platform/database/postgres.ts';
import { createAccountRemovalStore } from '#features/account-cleanup/account-removal.store.ts';
import { createAuthorizationContextStore } from '#core/subject-status/authorization-context.store.ts';
import { createApiResourceStore } from '#core/clients/api-resources.store.ts';
import { createAuditEventStore } from '#core/audit/audit-events.store.ts';
import { createClientStore } from '#core/clients/clients.store.ts';
import { createConsentStore } from '#core/consents/consents.store.ts';
import { createIdentityStore } from '#features/federation/identities.store.ts';
import { createRevocationStore } from '#core/revocation/revocation.store.ts';
import { createExpiredRowStore } from '#features/cleanup/expired-rows.store.ts';
import { createAppAccessStore } from '#features/connected-apps/connected-apps.store.ts';
import { createGrantStore } from '#core/tokens/grants.store.ts';
import { createEmailTokenStore } from '#features/email-tokens/email-tokens.store.ts';
import { createOutboxStore } from '#core/outbox/outbox.store.ts';
import { createPasswordCredentialStore } from '#features/passwords/password-credentials.store.ts';
import { createPasskeyStore } from '#features/passkeys/passkeys.store.ts';
import { createRefreshFamilyStore } from '#core/tokens/refresh-families.store.ts';
import { createRevokedTokenStore } from '#core/tokens/revoked-tokens.store.ts';
import { createRoleStore } from '#core/users/roles.store.ts';
import { createSessionStore } from '#core/sessions/sessions.store.ts';
import { createSetupLinkStore } from '#features/setup/setup-links.store.ts';
import { createSharedSettingStore } from '#features/cluster-settings/cluster-settings.store.ts';
import { createSigningKeyStore } from '#core/keys/signing-keys.store.ts';
import {
  createUserDeviceStore,
  deviceClauses,
} from '#features/unrecognized-devices/user-devices.store.ts';
import { createUserStore } from '#core/users/users.store.ts';

export function createStores(db: Database, { signInProviders }: Config) {
  const issuers = signInProviders.map(({ issuer }) => issuer);
  return {
    accountRemoval: createAccountRemovalStore(db),
    authorizationContexts: createAuthorizationContextStore(db),
    apiResources: createApiResourceStore(db),
    appAccess: createAppAccessStore(db),
    auditEvents: createAuditEventStore(db),
    clients: createClientStore(db),
    consents: createConsentStore(db),
    credentials: createPasswordCredentialStore(db),
    revocations: createRevocationStore(db),
    expired: createExpiredRowStore(db),
    families: createRefreshFamilyStore(db),
    grants: createGrantStore(db),
    identities: createIdentityStore(db),
    emailTokens: createEmailTokenStore(db),
    outbox: createOutboxStore(db),
    passkeys: createPasskeyStore(db, issuers),
    revokedTokens: createRevokedTokenStore(db),
    roles: createRoleStore(db),
    sessions: createSessionStore(db, { deviceClauses }),
    setupLinks: createSetupLinkStore(db),
    sharedSettings: createSharedSettingStore(db),
    signingKeys: createSigningKeyStore(db),
    userDevices: createUserDeviceStore(db),
    users: createUserStore(db),
  };
}

export type Stores = ReturnType<typeof createStores>;
