// The complete application in this process, over HTTP, on a real PostgreSQL and a real Redis, with
// test users and clients. Its clock stands still once it has started: cache entries with a lifetime of
// one second never expire, so the counts do not depend on the load of the machine.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createApp } from '#server/app.ts';
import { createHttpServer } from '#server/http-server.ts';
import { openServices, type Services } from '#server/composition.ts';
import { readConfig } from '#config/config.ts';
import type { Log } from '#platform/logging/log.ts';
import { createBrowser, type Browser } from '#test/support/actors/cookie-browser.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { createRegistrations } from '#test/support/data/registrations.ts';
import { createProvingSend } from '#test/support/steps/dpop.ts';
import { serviceFacts } from '#test/support/data/service-facts.ts';
import { createRelyingParty, type RelyingParty } from '#test/support/actors/relying-party.ts';
import { createHttpClient, type Send } from '#test/support/actors/http-client.ts';

export interface CountedApp {
  readonly send: Send;
  readonly issuer: string;
  browser(): Browser;
  /** A first-party client, a third-party client, and a service client without users. */
  readonly firstParty: RelyingParty;
  readonly thirdParty: RelyingParty;
  readonly service: RelyingParty;
  /** Service clients that sign assertions, and that send DPoP proofs. */
  readonly signer: RelyingParty;
  readonly prover: RelyingParty;
  readonly registrations: Awaited<ReturnType<typeof createRegistrations>>;
  /** The API whose access tokens are JWTs. */
  readonly jwtAudience: string;
  /** The API whose JWTs are in a status list. */
  readonly revocableAudience: string;
}

export interface Stores {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly log: Log;
}

const issuer = 'https://id.localhost';

export async function startCountedApp(t: CleanUp, stores: Stores): Promise<CountedApp> {
  const startedAt = Date.now();
  let clock = new Date(startedAt - 2000);
  const services = await openServices({
    config: configure(stores),
    log: stores.log,
    now: () => clock,
  });
  t.after(() => services.close());
  // Every token is newer than the Redis connection; older tokens would be looked up in PostgreSQL.
  clock = new Date(startedAt);
  const send = createHttpClient(t, issuer, await listen(t, services));
  const registrations = await createRegistrations(services);
  const jwt = { accessTokenFormat: 'jwt' } as const;
  const { audience: jwtAudience } = await registrations.createApi(jwt);
  const revocable = { ...jwt, revocable: true };
  const { audience: revocableAudience } = await registrations.createApi(revocable);
  const meet = async (facts: object, by = send) =>
    createRelyingParty({
      issuer,
      send: by,
      app: await registrations.createClient({ auth: 'client_secret_basic', ...facts }),
    });

  return {
    send,
    issuer,
    browser: () => createBrowser(send, issuer),
    firstParty: await meet({ first_party: true }),
    thirdParty: await meet({}),
    service: await meet(serviceFacts),
    signer: await meet({ auth: 'private_key_jwt', ...serviceFacts }),
    prover: await meet(serviceFacts, await createProvingSend(send)),
    registrations,
    jwtAudience,
    revocableAudience,
  };
}

function configure({ databaseUrl, redisUrl }: Stores) {
  return readConfig({
    ISSUER: issuer,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    WORKERS: '1',
    ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    COOKIE_KEYS: randomBytes(32).toString('base64url'),
  });
}

async function listen(t: CleanUp, services: Services): Promise<number> {
  const app = await createApp({ services, isStopping: () => false });
  const handle = app.callback();
  const server = createHttpServer((req, res) => void handle(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => server.close().closeAllConnections());
  return (server.address() as AddressInfo).port; // it listens on a port, not on a pipe
}
