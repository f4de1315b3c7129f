// Everything below HTTP, wired once: connections, stores, services. The server and the command line
// both stand on it.
import type { Config } from '#platform/settings/config.ts';
import { loadCommonPasswords } from '#platform/secrets/common-passwords.ts';
import { createKeyring } from '#platform/secrets/encryption.ts';
import type { Log } from '#platform/logging/log.ts';
import { createPasswordHasher } from '#platform/secrets/password-hashing.ts';
import type { Database } from '#platform/database/postgres.ts';
import { createRequestDevice, type RequestDeviceSlot } from '#platform/request/request-device.ts';
import { createAudit } from '#services/audit/audit.ts';
import { createBlocking } from '#services/blocking/blocking.ts';
import { createRequestOrigin, type RequestOriginSlot } from '#platform/request/request-origin.ts';
import { createClients } from '#services/clients/clients.ts';
import { createConsent } from '#services/accounts/consent.ts';
import { createDevices } from '#services/accounts/devices.ts';
import { createDisowning } from '#services/accounts/disowning.ts';
import { createGlobalRevocation } from '#services/blocking/global-revocation.ts';
import { createNotices } from '#services/blocking/notices.ts';
import { createOutbox } from '#services/delivery/outbox.ts';
import { createHashOpener } from '#services/importing/sealed-hashes.ts';
import { createPurge } from '#services/purge.ts';
import { createRegistration } from '#services/accounts/registration.ts';
import { createSessions } from '#services/sessions/sessions.ts';
import { createSetup } from '#services/accounts/setup.ts';
import { createSharedSettings } from '#services/shared-settings.ts';
import { createSignInThrottle } from '#services/accounts/sign-in-throttle.ts';
import { createSignIn } from '#services/accounts/sign-in.ts';
import { createChanges } from '#services/standing/changes.ts';
import { createStanding } from '#services/standing/standing.ts';
import { createClockCheck } from '#services/standing/clock-check.ts';
import { createStoreBirth } from '#services/standing/store-birth.ts';
import { createTheftAlarm } from '#services/blocking/theft-alarm.ts';
import { createTokenRevocation } from '#services/blocking/token-revocation.ts';
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
import { wireAudit } from './installation/audit.ts';
import { openConnections, type Connections } from './installation/connections.ts';
import { wireDelivery } from './installation/delivery.ts';
import { wireAccounts } from './installation/accounts.ts';
import { wireFactors } from './installation/factors.ts';
import { wireIdentities, wireProviderAccounts } from './installation/identities.ts';
import { createListings } from './installation/listings.ts';
import { wireMailProofs } from './installation/mail-proofs.ts';

export interface InstallationOptions {
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Date;
}

/** Connects, brings the tables up to date, and wires what stands on them. */
export async function openInstallation(options: InstallationOptions) {
  const { config, log } = options;
  const origin = createRequestOrigin();
  const device = createRequestDevice();
  const connections = await openConnections(options);
  const { db, shortLived } = connections;
  await db.migrate();
  const stores = createStores(db, options.config);
  const services = createServices(options, { ...connections, stores, origin, device });
  // Noted before the first proof arrives, so that none of now counts as older than the store.
  await services.storeBirth.noteStart();
  return {
    ...options,
    db,
    shortLived,
    stores,
    keyring: createKeyring(config.encryptionKeys),
    origin,
    device,
    services,
    async close(): Promise<void> {
      await shortLived.close();
      await db.close();
      log.debug({ event: 'stores.closed' }, 'connections closed');
    },
  };
}

export type Installation = Awaited<ReturnType<typeof openInstallation>>;

function createStores(db: Database, { signInProviders }: Config) {
  const issuers = signInProviders.map(({ issuer }) => issuer);
  return {
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

interface ServiceParts extends Connections {
  readonly stores: ReturnType<typeof createStores>;
  readonly origin: RequestOriginSlot;
  readonly device: RequestDeviceSlot;
}

function createServices(
  { config, log, now }: InstallationOptions,
  { db, shortLived, channels, stores, origin, device }: ServiceParts,
) {
  const { issuer, productName, minimumPasswordLength, argon2 } = config;
  const { users, credentials, clients, apiResources, consents, roles } = stores;
  const keyring = createKeyring(config.encryptionKeys);
  const open = createHashOpener(keyring);
  const hasher = createPasswordHasher({ ...argon2, workers: config.workers, open });
  const audit = createAudit({ events: stores.auditEvents, origin, now });
  const outbox = createOutbox({ store: stores.outbox, keyring, now });
  const notices = createNotices({ outbox, clients, users });
  const changes = createChanges({ channels, log });
  const clientService = createClients({ db, clients, apiResources, audit, changes, issuer, now });
  const standing = createStanding({ actors: stores.actors, changes, now });
  const blocking = createBlocking({ db, endings: stores.endings, audit, notices, changes, now });
  const disowning = createDisowning({
    ...stores,
    devices: stores.userDevices,
    db,
    blocking,
    audit,
    keyring,
    issuer,
    now,
  });
  const devices = createDevices({ request: device, origin, audit, outbox, disowning, now });
  const registration = createRegistration({
    db,
    users,
    credentials,
    hasher,
    audit,
    isCommonPassword: loadCommonPasswords,
    productName,
    minimumPasswordLength,
    registrationDomains: config.registrationDomains,
    now,
  });
  const common = {
    config,
    log,
    now,
    db,
    shortLived,
    stores,
    keyring,
    audit,
    outbox,
    blocking,
    changes,
  };
  const factors = wireFactors({ ...common, ...stores, notices, standing });
  const others = wireIdentities({ ...common, ...factors, notices });
  const mailProofs = wireMailProofs({ ...common, ...others, registration });
  const { proofs } = mailProofs;
  const accounts = wireAccounts({ ...common, proofs, registration });
  const made = wireProviderAccounts({ ...common, ...mailProofs, ...others, registration });
  const proof = wireAudit({ config, log, now, db, keyring, audit, keys: stores.signingKeys });
  return {
    alarm: createTheftAlarm({ ...stores, db, audit, notices, changes, log, now }),
    audit,
    blocking,
    changes,
    ...wireDelivery({
      config,
      log,
      now,
      db,
      shortLived,
      outbox,
      audit,
      store: stores.outbox,
      clients: clientService,
    }),
    clockCheck: createClockCheck({ db, now }),
    disowning,
    clients: clientService,
    consent: createConsent({ consents, audit, now }),
    globalRevocation: createGlobalRevocation({ users, blocking, issuer }),
    ...createListings({ db, audit, now, auditExport: proof.auditExport }),
    mailProofs,
    outbox,
    ...accounts,
    ...factors,
    ...others,
    ...made,
    purge: createPurge({ expired: stores.expired, deletion: accounts.deletion, log, now }),
    registration,
    setup: createSetup({ issuer, links: stores.setupLinks, roles, registration, audit, now }),
    sessions: createSessions({
      db,
      sessions: stores.sessions,
      audit,
      notices,
      devices,
      outbox,
      origin,
      changes,
      now,
    }),
    sharedSettings: createSharedSettings({ ...common, store: stores.sharedSettings }),
    signIn: createSignIn({ users, credentials, hasher, audit, log, now }),
    ...proof,
    signInThrottle: createSignInThrottle({
      store: shortLived,
      enabled: config.rateLimits === 'on',
      log,
      now,
    }),
    standing,
    tokenRevocation: createTokenRevocation({ ...stores, audit, changes, now }),
    storeBirth: createStoreBirth({ store: shortLived, now }),
  };
}
