// An oidc-provider without our configuration, adapters and patches: shows what the installed version
// itself does.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type Adapter, type AdapterPayload, type Configuration } from 'oidc-provider';
import { createHttpServer } from '#server/http-server.ts';

export const client = {
  client_id: 'client',
  client_secret: 'the secret of the client',
  redirect_uris: ['https://client.example/callback'],
  post_logout_redirect_uris: ['https://client.example/'],
  grant_types: ['authorization_code', 'refresh_token'],
  backchannel_logout_uri: 'https://client.example/logout',
};

/** A client that may use client credentials only. */
export const service = {
  client_id: 'service',
  client_secret: 'the secret of the service',
  redirect_uris: [],
  response_types: [],
  grant_types: ['client_credentials'],
};

const { privateKey } = await generateKeyPair('RS256', { extractable: true });
const jwks = { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', kid: 'key' }] };

export type BareProvider = Awaited<ReturnType<typeof startBareProvider>>;

/** Starts a provider with a signed-in user who has granted everything. */
export async function startBareProvider(t: TestContext, configuration: Configuration = {}) {
  const server = createHttpServer((req, res) => {
    // Composed at each request, so that a test can add middleware.
    void provider.callback()(req, res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo; // it listens on a TCP port
  const issuer = `http://127.0.0.1:${port}`;
  const records = new Map<string, AdapterPayload>();
  const provider = new Provider(issuer, { ...settings(records), ...configuration });

  async function post(
    path: string,
    form: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const body = new URLSearchParams(form);
    return fetch(issuer + path, { method: 'POST', body, headers, redirect: 'manual' });
  }

  async function get(path: string, cookie = ''): Promise<Response> {
    return fetch(issuer + path, { headers: { cookie }, redirect: 'manual' });
  }

  /** Returns the session cookie of a signed-in user. */
  async function signIn(): Promise<string> {
    const session = new provider.Session();
    session.loginAccount({ accountId: 'user' });
    await session.save(600);
    return `_session=${session.jti}`;
  }

  /** The code flow; returns the token response. */
  async function obtainTokens(): Promise<Record<string, string>> {
    const asked = new URLSearchParams({
      client_id: client.client_id,
      redirect_uri: client.redirect_uris[0] ?? '',
      response_type: 'code',
      scope: 'openid email',
    });
    const redirect = await get(`/auth?${asked.toString()}`, await signIn());
    const code = new URL(redirect.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const response = await post('/token', {
      ...credentialsOf(client),
      grant_type: 'authorization_code',
      redirect_uri: client.redirect_uris[0] ?? '',
      code,
    });
    return (await response.json()) as Record<string, string>; // a token response
  }

  return { provider, records, issuer, get, post, signIn, obtainTokens };
}

export function credentialsOf(from: { client_id: string; client_secret: string }) {
  return { client_id: from.client_id, client_secret: from.client_secret };
}

/** An interaction of an authorization request, as oidc-provider creates it. */
export function createInteraction(provider: Provider, session: object) {
  // The published types omit the parameters.
  const Interaction = provider.Interaction as unknown as new (
    uid: string,
    payload: object,
  ) => InstanceType<Provider['Interaction']>;
  return new Interaction('uid', {
    session,
    params: {
      client_id: 'client',
      redirect_uri: client.redirect_uris[0],
      response_type: 'code',
      scope: 'openid',
    },
    prompt: { name: 'consent', reasons: [], details: {} },
    returnTo: 'https://server.example/',
  });
}

export async function sessionOf(provider: Provider, cookie: string) {
  const session = await provider.Session.find(cookie.split('=')[1] ?? '');
  assert.ok(session);
  return session;
}

function settings(records: Map<string, AdapterPayload>): Configuration {
  const cookie = { signed: false, httpOnly: true, path: '/' };
  return {
    clients: [client, service].map((each) => ({
      ...each,
      token_endpoint_auth_method: 'client_secret_post',
    })) as NonNullable<Configuration['clients']>, // arrays of text, which the types list one by one
    jwks,
    adapter: (model) => createMemoryAdapter(records, model),
    cookies: { keys: ['key'], long: cookie, short: cookie },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      backchannelLogout: { enabled: true },
    },
    claims: { openid: ['sub'], email: ['email'] },
    pkce: { required: () => false },
    issueRefreshToken: async () => true,
    findAccount: (_ctx, accountId) => ({
      accountId,
      claims: async () => ({ sub: accountId, email: 'user@example.com' }),
    }),
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ accountId: 'user', clientId: client.client_id });
      grant.addOIDCScope('openid email');
      await grant.save();
      return grant;
    },
    ttl: { Grant: 600, Session: 600, Interaction: 600, AccessToken: 600, RefreshToken: 600 },
  };
}

function createMemoryAdapter(records: Map<string, AdapterPayload>, model: string): Adapter {
  const key = (id: string) => `${model} ${id}`;
  return {
    upsert: async (id, payload) => void records.set(key(id), payload),
    find: async (id) => records.get(key(id)),
    findByUid: async (uid) =>
      [...records].find(([name, { uid: own }]) => name.startsWith(key('')) && own === uid)?.[1],
    findByUserCode: async () => undefined,
    consume: async (id) => void Object.assign(records.get(key(id)) ?? {}, { consumed: true }),
    destroy: async (id) => void records.delete(key(id)),
    revokeByGrantId: async () => {},
  };
}
