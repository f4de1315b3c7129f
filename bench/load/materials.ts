// Test data of a run: clients, users, their sessions and tokens, one of each per connection.
import { setTimeout as pause } from 'node:timers/promises';
import type { ClientMetadata } from 'oidc-provider';
import type { Environment } from '#config/config.ts';
import { readConfig } from '#config/config.ts';
import { createLog } from '#platform/logging/log.ts';
import { openServices } from '#server/composition.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { createRegistrations, type RegisteredApp } from '#test/support/data/registrations.ts';
import { createRelyingParty, type Login, type Person } from '#test/support/actors/relying-party.ts';
import { createHttpClient } from '#test/support/actors/http-client.ts';
import type { Materials } from './scripts.ts';
import type { Address } from './servers.ts';

export interface Registered {
  readonly app: RegisteredApp;
  readonly service: RegisteredApp;
  readonly people: readonly Person[];
  readonly jwtAudience: string;
}

/** Stores clients and users in the product's database. */
export async function register(settings: Environment, people: number): Promise<Registered> {
  const log = createLog({ level: 'error' });
  const config = readConfig(settings);
  const services = await openServices({ config, log, now: () => new Date() });
  try {
    const { createUser, createApi, createClient } = await createRegistrations(services);
    const auth = 'client_secret_basic' as const;
    return {
      app: await createClient({ auth, first_party: true }),
      service: await createClient({
        auth,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      }),
      people: await Promise.all(Array.from({ length: people }, () => createUser())),
      jwtAudience: (await createApi({ accessTokenFormat: 'jwt' })).audience,
    };
  } finally {
    await services.close();
  }
}

/** The same clients as static clients of oidc-provider. */
export function asStaticClients({ app, service }: Registered): ClientMetadata[] {
  return [app, service].map(({ clientId, clientSecret, metadata }) => ({
    ...metadata,
    client_id: clientId,
    client_secret: clientSecret,
  }));
}

/**
 * Signs in every user at that server. The sessions and tokens are valid for one run of one flow.
 */
export async function prepareMaterials(
  t: CleanUp,
  { issuer, port }: Address,
  { app, service, people, jwtAudience }: Registered,
): Promise<Materials> {
  const party = await createRelyingParty({ issuer, app, send: createHttpClient(t, issuer, port) });
  // Sequential: hashing all passwords at once would be a load test in itself.
  const logins: Login[] = [];
  for (const person of people) logins.push(await patiently(() => party.login(person)));
  const { url } = await party.request();
  return {
    host: new URL(issuer).host,
    appAuthorization: basic(app),
    serviceAuthorization: basic(service),
    jwtAudience,
    accessTokens: logins.map(({ accessToken }) => accessToken),
    refreshTokens: logins.map(({ refreshToken }) => refreshToken),
    cookies: logins.map(({ browser }) => browser.cookies.header(url)),
    authorizePath: url.pathname + url.search,
    people,
  };
}

/** Retries, because on a busy machine a store may time out. */
async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let left = 4; left > 0; left -= 1) {
    try {
      return await work();
    } catch {
      await pause(1000);
    }
  }
  return work();
}

function basic({ clientId, clientSecret }: RegisteredApp): string {
  const pair = [clientId, clientSecret].map(encodeURIComponent).join(':');
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
