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
  type Person,
  type RelyingParty,
} from '#test/support/actors/relying-party.ts';
import { serviceFacts } from '#test/support/data/service-facts.ts';
import { createHttpClient } from '#test/support/actors/http-client.ts';
import type { AssertionSigner } from './assertions.ts';
import type { Flow, Materials } from './scripts.ts';
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
  const resource = tokens === 'jwt' ? { resource: jwtAudience } : {};
  const issued: Issued[] = [];
  for (const browser of tokens ? browsers : []) {
    issued.push(await patiently(() => issue(party, browser, resource)));
  }
  const plain = await party.request();
  const { verifier } = plain;
  const withApi = new URL(plain.url);
  withApi.searchParams.set('resource', jwtAudience);
  return {
    host: new URL(server.issuer).host,
    appAuthorization: basic(app),
    serviceAuthorization: basic(service),
    signer: signerOf(signer, server.issuer),
    jwtAudience,
    redirectUri: app.redirectUri,
    accessTokens: issued.map(({ accessToken }) => accessToken),
    refreshTokens: issued.map(({ refreshToken }) => refreshToken),
    subjects: issued.map(({ subject }) => subject),
    cookies: browsers.map(({ cookies }) => cookies.header(plain.url)),
    authorizePath: plain.url.pathname + plain.url.search,
    authorizeJwtPath: withApi.pathname + withApi.search,
    codeVerifier: verifier,
    people,
  };
}

function signerOf({ clientId, privateKey }: RegisteredApp, issuer: string): AssertionSigner {
  if (!privateKey) throw new TypeError(`The client ${clientId} has no key.`);
  return { clientId, issuer, key: KeyObject.from(privateKey).export({ format: 'jwk' }) };
}

interface Issued {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly subject: string;
}

async function issue(
  party: RelyingParty,
  browser: Browser,
  resource: { readonly resource?: string },
): Promise<Issued> {
  const pending = await party.request(resource);
  const callback = party.receive(await browser.open(pending.url), pending);
  const { status, text, body } = await party.tryExchange(callback, resource);
  if (status !== 200) throw new Error(`No tokens: ${text}`);
  return {
    accessToken: String(body['access_token']),
    refreshToken: String(body['refresh_token']),
    subject: String(decodeJwt(String(body['id_token'])).sub),
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
