// Everything below HTTP, wired once: connections, stores, services. The server and the command line
// both stand on it.
import type { Config } from '#platform/config.ts';
import { loadCommonPasswords } from '#platform/common-passwords.ts';
import { openEmbedded } from '#platform/embedded-postgres.ts';
import { createKeyring } from '#platform/encryption.ts';
import type { Log } from '#platform/log.ts';
import { createPasswordHasher } from '#platform/password-hashing.ts';
import { connectPostgres, type Database } from '#platform/postgres.ts';
import { createClients } from '#services/clients.ts';
import { createConsent } from '#services/consent.ts';
import { createPurge } from '#services/purge.ts';
import { createRegistration } from '#services/registration.ts';
import { createSetup } from '#services/setup.ts';
import { createSignIn } from '#services/sign-in.ts';
import { createSigningKeys } from '#services/signing-keys.ts';
import { createStanding } from '#services/standing.ts';
import { createActorStore } from '#stores/actors.ts';
import { createApiResourceStore } from '#stores/api-resources.ts';
import { createClientStore } from '#stores/clients.ts';
import { createConsentStore } from '#stores/consents.ts';
import { createExpiredRowStore } from '#stores/expired.ts';
import { createGrantStore } from '#stores/grants.ts';
import { createPasswordCredentialStore } from '#stores/password-credentials.ts';
import { createRefreshFamilyStore } from '#stores/refresh-families.ts';
import { createRoleStore } from '#stores/roles.ts';
import { createSessionStore } from '#stores/sessions.ts';
import { createSetupLinkStore } from '#stores/setup-links.ts';
import { createMemoryShortLived } from '#stores/short-lived-memory.ts';
import { createRedisShortLived } from '#stores/short-lived-redis.ts';
import type { ShortLivedStore } from '#stores/short-lived.ts';
import { createSigningKeyStore } from '#stores/signing-keys.ts';
import { createUserStore } from '#stores/users.ts';

export interface InstallationOptions {
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Date;
}

/** Connects, brings the tables up to date, and wires what stands on them. */
export async function openInstallation(options: InstallationOptions) {
  const { config, log, now } = options;
  const db = await openDatabase(options);
  const shortLived = await openShortLived(options);
  await db.migrate();
  const stores = createStores(db);
  return {
    ...options,
    db,
    shortLived,
    stores,
    keyring: createKeyring(config.encryptionKeys),
    services: createServices(options, db, stores),
    async close(): Promise<void> {
      await shortLived.close();
      await db.close();
      log.debug({ event: 'stores.closed' }, 'connections closed');
    },
  };

  function openDatabase({ config: { databaseUrl, dataDirectory } }: InstallationOptions) {
    return databaseUrl === undefined
      ? openEmbedded({ directory: dataDirectory, log })
      : connectPostgres({ url: databaseUrl, log });
  }

  async function openShortLived({ config: { redisUrl } }: InstallationOptions) {
    const store: ShortLivedStore =
      redisUrl === undefined
        ? createMemoryShortLived({ now })
        : await createRedisShortLived({ url: redisUrl, log });
    return store;
  }
}

export type Installation = Awaited<ReturnType<typeof openInstallation>>;

function createStores(db: Database) {
  return {
    actors: createActorStore(db),
    apiResources: createApiResourceStore(db),
    clients: createClientStore(db),
    consents: createConsentStore(db),
    credentials: createPasswordCredentialStore(db),
    expired: createExpiredRowStore(db),
    families: createRefreshFamilyStore(db),
    grants: createGrantStore(db),
    roles: createRoleStore(db),
    sessions: createSessionStore(db),
    setupLinks: createSetupLinkStore(db),
    signingKeys: createSigningKeyStore(db),
    users: createUserStore(db),
  };
}

function createServices(
  { config, log, now }: InstallationOptions,
  db: Database,
  stores: ReturnType<typeof createStores>,
) {
  const { issuer, productName, minimumPasswordLength, argon2 } = config;
  const { users, credentials, clients, apiResources, consents, roles } = stores;
  const hasher = createPasswordHasher(argon2);
  const registration = createRegistration({
    db,
    users,
    credentials,
    hasher,
    isCommonPassword: loadCommonPasswords,
    productName,
    minimumPasswordLength,
    now,
  });
  return {
    clients: createClients({ clients, apiResources, issuer, now }),
    consent: createConsent({ consents, now }),
    purge: createPurge({ expired: stores.expired, log, now }),
    registration,
    setup: createSetup({ issuer, links: stores.setupLinks, roles, registration, now }),
    signIn: createSignIn({ users, credentials, hasher, log }),
    signingKeys: createSigningKeys({
      keys: stores.signingKeys,
      keyring: createKeyring(config.encryptionKeys),
      now,
    }),
    standing: createStanding({ actors: stores.actors, now }),
  };
}
