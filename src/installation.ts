// Everything below HTTP, wired once: connections, stores, services. The server and the command line
// both stand on it.
import type { Config } from '#platform/settings/config.ts';
import { loadCommonPasswords } from '#platform/secrets/common-passwords.ts';
import { createKeyring } from '#platform/secrets/encryption.ts';
import type { Log } from '#platform/logging/log.ts';
import { createPasswordHasher } from '#platform/secrets/password-hashing.ts';
import { createRequestDevice, type RequestDeviceSlot } from '#platform/request/request-device.ts';
import { createAudit } from '#services/audit/audit.ts';
import { createBlocking } from '#services/blocking/blocking.ts';
import { createRequestOrigin, type RequestOriginSlot } from '#platform/request/request-origin.ts';
import { createClients } from '#services/clients/clients.ts';
import { createAccountCleanup } from '#services/accounts/account-cleanup.ts';
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
import { createSignIn } from '#services/accounts/sign-in.ts';
import { createChanges } from '#services/standing/changes.ts';
import type { SupplementRegistry } from '#services/personal-data/supplement-registry.ts';
import { createStanding } from '#services/standing/standing.ts';
import { createClockCheck } from '#services/standing/clock-check.ts';
import { createStoreBirth } from '#services/standing/store-birth.ts';
import { createTheftAlarm } from '#services/blocking/theft-alarm.ts';
import { createTokenRevocation } from '#services/blocking/token-revocation.ts';
import { wireAudit } from './installation/audit.ts';
import { openConnections, type Connections } from './installation/connections.ts';
import { wireDelivery } from './installation/delivery.ts';
import { wireAccounts } from './installation/accounts.ts';
import { wireFactors } from './installation/factors.ts';
import { wireIdentities, wireProviderAccounts } from './installation/identities.ts';
import { createListings } from './installation/listings.ts';
import { wireMailProofs } from './installation/mail-proofs.ts';
import { loadSupplements, wirePersonalData } from './installation/personal-data.ts';
import { createStores, type Stores } from './installation/stores.ts';

export interface InstallationOptions {
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Date;
}

/** Connects, brings the tables up to date, and wires what stands on them. */
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
  const notices = createNotices({ outbox, clients, users });
  const changes = createChanges({ channels, log });
  const clientService = createClients({ db, clients, apiResources, audit, changes, issuer, now });
  const standing = createStanding({ actors: stores.actors, changes, now });
  const blocking = createBlocking({ db, endings: stores.endings, audit, notices, changes, now });
  const cleanup = createAccountCleanup({ ...stores, audit });
  const disowning = createDisowning({
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
    cleanup,
  };
  const factors = wireFactors({ ...common, ...stores, notices, standing });
  const others = wireIdentities({ ...common, ...factors, notices });
  const mailProofs = wireMailProofs({ ...common, ...others, registration });
  const { proofs } = mailProofs;
  const accounts = wireAccounts({ ...common, ...factors, proofs, registration });
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
    ...wirePersonalData({ ...common, registry, signingKeys: proof.signingKeys }),
    standing,
    tokenRevocation: createTokenRevocation({ ...stores, audit, changes, now }),
    storeBirth: createStoreBirth({ store: shortLived, now }),
  };
}
