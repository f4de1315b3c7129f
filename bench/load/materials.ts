// Test data of a run: clients, users, their sessions and tokens, one of each per connection.
import { KeyObject } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import type { ClientMetadata } from 'oidc-provider';
import type { Environment } from '#config/config.ts';
import { withProductServices } from '#bench/product-services.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { createRegistrations, type RegisteredApp } from '#test/support/data/registrations.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import {
  createRelyingParty,
  type Callback,
  type Pending,
  type Person,
  type RelyingParty,
} from '#test/support/actors/relying-party.ts';
import { serviceFacts } from '#test/support/data/service-facts.ts';
import { createHttpClient } from '#test/support/actors/http-client.ts';
import type { AssertionSigner } from './assertions.ts';
import type { Endpoints, Flow, Materials } from './flow.ts';
import type { Fields } from './requests.ts';
import type { LoadServer } from './servers.ts';

export interface Registered {
  readonly app: RegisteredApp;
  readonly service: RegisteredApp;
  /** A service that authenticates with a key. */
  readonly signer: RegisteredApp;
  readonly people: readonly Person[];
  readonly jwtAudience: string;
}

/** Stores clients and users in the product's database. */
export async function register(settings: Environment, people: number): Promise<Registered> {
  return withProductServices(settings, async (services) => {
    const { createUser, createApi, createClient } = await createRegistrations(services);
    const auth = 'client_secret_basic' as const;
    return {
      app: await createClient({ auth, first_party: true }),
      service: await createClient({ auth, ...serviceFacts }),
      signer: await createClient({ auth: 'private_key_jwt', ...serviceFacts }),
      people: await Promise.all(Array.from({ length: people }, () => createUser())),
      jwtAudience: (await createApi({ accessTokenFormat: 'jwt' })).audience,
    };
  });
}

/** The same clients as static clients of oidc-provider. */
export function asStaticClients({ app, service, signer }: Registered): ClientMetadata[] {
  return [app, service, signer].map(({ clientId, clientSecret, metadata }) => ({
    ...metadata,
    client_id: clientId,
    ...(clientSecret === '' ? {} : { client_secret: clientSecret }),
  }));
}

/** The users of one server with their sessions; signing in takes too long for every measurement. */
export interface SignedIn {
  readonly server: LoadServer;
  readonly registered: Registered;
  readonly party: RelyingParty;
  readonly browsers: readonly Browser[];
}

export async function signInAll(
  t: CleanUp,
  server: LoadServer,
  registered: Registered,
): Promise<SignedIn> {
  const { issuer, port } = server;
  const { app, people } = registered;
  const party = await createRelyingParty({ issuer, app, send: createHttpClient(t, issuer, port) });
  const browsers: Browser[] = [];
  // Sequential: hashing all passwords at once would be a load test in itself.
  for (const person of people) {
    browsers.push((await patiently(() => party.authorize(person))).browser);
  }
  return { server, registered, party, browsers };
}

/** Sessions and, if the flow needs them, new tokens for each user. */
export async function prepareMaterials(
  { server, registered, party, browsers }: SignedIn,
  flow: Pick<Flow, 'tokens' | 'floorTokens'>,
): Promise<Materials> {
  const { app, service, signer, people, jwtAudience } = registered;
  const tokens = server.name === 'floor' ? (flow.floorTokens ?? flow.tokens) : flow.tokens;
  const jwtParameters = { resource: jwtAudience };
  const parameters = tokens === 'jwt' ? jwtParameters : {};
  const issued: Issued[] = [];
  for (const browser of tokens ? browsers : []) {
    const open = async (pending: Pending) =>
      party.receive(await browser.open(pending.url), pending);
    issued.push(await patiently(() => issue(party, open, parameters)));
  }
  return {
    ...(await describeRequests(party, browsers, jwtParameters)),
    ...describeTokens(issued),
    appAuthorization: basicAuthorization(app),
    serviceAuthorization: { opaque: basicAuthorization(service), jwt: basicAuthorization(service) },
    signer: signerOf(signer, server.issuer),
    people,
  };
}

/** What every round of a client has in common. */
export async function describeRequests(
  party: RelyingParty,
  browsers: readonly Browser[],
  jwtParameters: Fields,
) {
  const plain = await party.request();
  const withApi = new URL(plain.url);
  for (const [name, value] of Object.entries(jwtParameters)) withApi.searchParams.set(name, value);
  return {
    host: new URL(party.issuer).host,
    endpoints: endpointsOf(party),
    jwtParameters,
    redirectUri: party.app.redirectUri,
    cookies: browsers.map(({ cookies }) => cookies.header(plain.url)),
    authorizePath: plain.url.pathname + plain.url.search,
    authorizeJwtPath: withApi.pathname + withApi.search,
    codeVerifier: plain.verifier,
  };
}

/** The paths of the discovery document. */
function endpointsOf({ as, issuer }: RelyingParty): Endpoints {
  const pathOf = (url: string | undefined) => (url === undefined ? '' : new URL(url).pathname);
  return {
    discovery: `${pathOf(issuer).replace(/\/$/, '')}/.well-known/openid-configuration`,
    token: pathOf(as.token_endpoint),
    introspection: pathOf(as.introspection_endpoint),
    userinfo: pathOf(as.userinfo_endpoint),
  };
}

export function describeTokens(issued: readonly Issued[]) {
  return {
    accessTokens: issued.map(({ accessToken }) => accessToken),
    refreshTokens: issued.map(({ refreshToken }) => refreshToken),
    subjects: issued.map(({ subject }) => subject),
  };
}

function signerOf({ clientId, privateKey }: RegisteredApp, issuer: string): AssertionSigner {
  if (!privateKey) throw new TypeError(`The client ${clientId} has no key.`);
  return { clientId, issuer, key: KeyObject.from(privateKey).export({ format: 'jwk' }) };
}

export interface Issued {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly subject: string;
}

/** @param open sends the authorization request with a live session */
export async function issue(
  party: RelyingParty,
  open: (pending: Pending) => Promise<Callback>,
  parameters: Fields,
): Promise<Issued> {
  const callback = await open(await party.request(parameters));
  const { status, text, body } = await party.tryExchange(callback, parameters);
  if (status !== 200) throw new Error(`No tokens: ${text}`);
  return {
    accessToken: String(body['access_token']),
    refreshToken: String(body['refresh_token']),
    subject: String(decodeJwt(String(body['id_token'])).sub),
  };
}

/** Retries, because on a busy machine a store may time out. */
export async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let left = 4; left > 0; left -= 1) {
    try {
      return await work();
    } catch {
      await pause(1000);
    }
  }
  return work();
}

export function basicAuthorization({ clientId, clientSecret }: RegisteredApp): string {
  const pair = [clientId, clientSecret].map(encodeURIComponent).join(':');
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
