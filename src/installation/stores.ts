// Everything that is kept in PostgreSQL, one store per kind.
import type { Config } from '#platform/settings/config.ts';
import type { Database } from '#platform/database/postgres.ts';
import { createAccountRemovalStore } from '#stores/accounts/account-removal.ts';
import { createActorStore } from '#stores/sessions/actors.ts';
import { createApiResourceStore } from '#stores/clients/api-resources.ts';
import { createAuditEventStore } from '#stores/audit/audit-events.ts';
import { createClientStore } from '#stores/clients/clients.ts';
import { createConsentStore } from '#stores/accounts/consents.ts';
import { createIdentityStore } from '#stores/accounts/identities.ts';
import { createEndingStore } from '#stores/sessions/endings.ts';
import { createExpiredRowStore } from '#stores/expired.ts';
import { createAppAccessStore } from '#stores/tokens/app-access-list.ts';
import { createGrantStore } from '#stores/tokens/grants.ts';
import { createMailProofStore } from '#stores/accounts/mail-proofs.ts';
import { createOutboxStore } from '#stores/outbox.ts';
import { createPasswordCredentialStore } from '#stores/accounts/password-credentials.ts';
import { createPasskeyStore } from '#stores/factors/passkeys.ts';
import { createRefreshFamilyStore } from '#stores/tokens/refresh-families.ts';
import { createRevokedTokenStore } from '#stores/tokens/revoked-tokens.ts';
import { createRoleStore } from '#stores/accounts/roles.ts';
import { createSessionStore } from '#stores/sessions/sessions.ts';
import { createSetupLinkStore } from '#stores/accounts/setup-links.ts';
import { createSharedSettingStore } from '#stores/shared-settings.ts';
import { createSigningKeyStore } from '#stores/clients/signing-keys.ts';
import { createUserDeviceStore } from '#stores/accounts/user-devices.ts';
import { createUserStore } from '#stores/accounts/users.ts';

export function createStores(db: Database, { signInProviders }: Config) {
  const issuers = signInProviders.map(({ issuer }) => issuer);
  return {
    accountRemoval: createAccountRemovalStore(db),
    actors: createActorStore(db),
    apiResources: createApiResourceStore(db),
    appAccess: createAppAccessStore(db),
    auditEvents: createAuditEventStore(db),
    clients: createClientStore(db),
    consents: createConsentStore(db),
    credentials: createPasswordCredentialStore(db),
    endings: createEndingStore(db),
    expired: createExpiredRowStore(db),
    families: createRefreshFamilyStore(db),
    grants: createGrantStore(db),
    identities: createIdentityStore(db),
    mailProofs: createMailProofStore(db),
    outbox: createOutboxStore(db),
    passkeys: createPasskeyStore(db, issuers),
    revokedTokens: createRevokedTokenStore(db),
    roles: createRoleStore(db),
    sessions: createSessionStore(db),
    setupLinks: createSetupLinkStore(db),
    sharedSettings: createSharedSettingStore(db),
    signingKeys: createSigningKeyStore(db),
    userDevices: createUserDeviceStore(db),
    users: createUserStore(db),
  };
}

export type Stores = ReturnType<typeof createStores>;
