// Creates everything below HTTP: connections, stores and services. Shared by the server and the
// command line.
import type { Config } from '#config/config.ts';
import { loadCommonPasswords } from '#features/passwords/common-passwords.ts';
import { createKeyring } from '#platform/crypto/encryption.ts';
import type { Log } from '#platform/logging/log.ts';
import { createPasswordHasher } from '#platform/crypto/password-hashing.ts';
import { createRequestDevice, type RequestDeviceSlot } from '#platform/request/request-device.ts';
import { createAudit } from '#core/audit/audit.service.ts';
import { createBlocking } from '#core/revocation/revocation.service.ts';
import { createRequestOrigin, type RequestOriginSlot } from '#platform/request/request-origin.ts';
import { createClients } from '#core/clients/clients.service.ts';
import { createAccountCleanup } from '#features/account-cleanup/account-cleanup.service.ts';
import { createConsent } from '#core/consents/consents.service.ts';
import { createDevices } from '#features/unrecognized-devices/user-devices.service.ts';
import { createUnrecognizedSignIn } from '#features/unrecognized-devices/unrecognized-device.service.ts';
import { createGlobalRevocation } from '#core/revocation/global-token-revocation.service.ts';
import { createNotifications } from '#core/outbox/notifications.service.ts';
import { createOutbox } from '#core/outbox/outbox.service.ts';
import { createHashOpener } from '#features/user-import/sealed-hashes.service.ts';
import { createPurge } from '#features/cleanup/cleanup.service.ts';
import { createRegistration } from '#features/account-creation/account-creation.service.ts';
import { createSessions } from '#core/sessions/sessions.service.ts';
import { createSetup } from '#features/setup/setup.service.ts';
import { createSharedSettings } from '#features/cluster-settings/cluster-settings.service.ts';
import { createSignIn } from '#features/passwords/password-sign-in.service.ts';
import { createInvalidation } from '#core/subject-status/invalidation.service.ts';
import type { SupplementRegistry } from '#features/custom-attributes/schema/registry.service.ts';
import { createSubjectStatus } from '#core/subject-status/subject-status.service.ts';
import { createClockCheck } from '#platform/database/clock-check.ts';
import { createRedisDataLoss } from '#platform/short-lived/data-loss.ts';
import { createTokenReuse } from '#core/revocation/token-reuse.service.ts';
import { createTokenRevocation } from '#core/revocation/token-revocation.service.ts';
import { wireAudit } from './services/audit.ts';
import { openConnections, type Connections } from './services/connections.ts';
import { wireDelivery } from './services/outbox.ts';
import { wireAccounts } from './services/accounts.ts';
import { wireFactors } from './services/mfa.ts';
import { wireIdentities, wireProviderAccounts } from './services/federation.ts';
import { createListings } from './services/listings.ts';
import { wireEmailTokens } from './services/email-tokens.ts';
import { loadSupplements, wirePersonalData } from './services/personal-data.ts';
import { createStores, type Stores } from './services/stores.ts';

export interface InstallationOptions {
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Date;
}

/** Connects, runs the migrations and creates the services. */
export async function openInstallation(options: InstallationOptions) {
  const { config, log } = options;
  const registry = await loadSupplements(config.supplements);
  const origin = createRequestOrigin();
  const device = createRequestDevice();
  const connections = await openConnections(options);
  const { db, shortLived } = connections;
  await db.migrate();
  const stores = createStores(db, options.config);
  const parts = { ...connections, stores, origin, device, registry };
  const services = createServices(options, parts);
  // Recorded before the first request, so that no proof presented from now on is refused because it
  // appears older than the data in Redis.
  await services.redisDataLoss.noteStart();
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

interface ServiceParts extends Connections {
  readonly stores: Stores;
  readonly origin: RequestOriginSlot;
  readonly device: RequestDeviceSlot;
  readonly registry: SupplementRegistry;
}

function createServices(
  { config, log, now }: InstallationOptions,
  { db, shortLived, channels, stores, origin, device, registry }: ServiceParts,
) {
  const { issuer, productName, minimumPasswordLength, argon2 } = config;
  const { users, credentials, clients, apiResources, consents, roles } = stores;
  const keyring = createKeyring(config.encryptionKeys);
  const open = createHashOpener(keyring);
  const hasher = createPasswordHasher({ ...argon2, workers: config.workers, open });
  const audit = createAudit({ events: stores.auditEvents, origin, now });
  const outbox = createOutbox({ store: stores.outbox, keyring, now });
  const notifications = createNotifications({ outbox, clients, users });
  const invalidation = createInvalidation({ channels, log });
  const clientService = createClients({
    db,
    clients,
    apiResources,
    audit,
    invalidation,
    issuer,
    now,
  });
  const subjectStatus = createSubjectStatus({
    authorizationContexts: stores.authorizationContexts,
    invalidation,
    now,
  });
  const blocking = createBlocking({
    db,
    revocations: stores.revocations,
    audit,
    notifications,
    invalidation,
    now,
  });
  const cleanup = createAccountCleanup({ ...stores, audit });
  const unrecognizedSignIn = createUnrecognizedSignIn({
    ...stores,
    devices: stores.userDevices,
    cleanup,
    db,
    blocking,
    audit,
    keyring,
    issuer,
    now,
  });
  const devices = createDevices({
    request: device,
    origin,
    audit,
    outbox,
    unrecognizedSignIn,
    now,
  });
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
    invalidation,
    cleanup,
  };
  const factors = wireFactors({ ...common, ...stores, notifications, subjectStatus });
  const others = wireIdentities({ ...common, ...factors, notifications });
  const emailTokens = wireEmailTokens({ ...common, ...others, registration });
  const { proofs } = emailTokens;
  const accounts = wireAccounts({ ...common, ...factors, proofs, registration });
  const made = wireProviderAccounts({ ...common, ...emailTokens, ...others, registration });
  const proof = wireAudit({ config, log, now, db, keyring, audit, keys: stores.signingKeys });
  return {
    tokenReuse: createTokenReuse({ ...stores, db, audit, notifications, invalidation, log, now }),
    audit,
    blocking,
    invalidation,
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
    unrecognizedSignIn,
    clients: clientService,
    consent: createConsent({ consents, audit, now }),
    globalRevocation: createGlobalRevocation({ users, blocking, issuer }),
    ...createListings({ db, audit, now, auditExport: proof.auditExport }),
    emailTokens,
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
      notifications,
      devices,
      outbox,
      origin,
      invalidation,
      now,
    }),
    sharedSettings: createSharedSettings({ ...common, store: stores.sharedSettings }),
    signIn: createSignIn({ users, credentials, hasher, audit, log, now }),
    ...proof,
    ...wirePersonalData({ ...common, registry, signingKeys: proof.signingKeys }),
    subjectStatus,
    tokenRevocation: createTokenRevocation({ ...stores, audit, invalidation, now }),
    redisDataLoss: createRedisDataLoss({ store: shortLived, now }),
  };
}
