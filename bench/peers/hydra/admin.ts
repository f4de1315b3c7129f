// The admin API of Hydra: keys, clients, and the answers of the application that signs users in, which
// Hydra leaves to others.
import type { TokenKind } from '#bench/load/flow.ts';
import type { RegisteredApp } from '#test/support/data/registrations.ts';
import type { PeerClients } from '#bench/peers/clients.ts';

/** Without `offline_access`, Hydra issues no refresh token. */
export const hydraScope = 'openid offline_access';

export interface HydraAdmin {
  /** Signs ID tokens and access tokens with ES256 instead of RS256. */
  replaceKeys(): Promise<void>;
  createClients(clients: PeerClients): Promise<void>;
  /** Signs the user in, and returns the URL at which the browser continues. */
  acceptLogin(challenge: string, subject: string): Promise<URL>;
  acceptConsent(challenge: string): Promise<URL>;
}

const keySets = ['hydra.openid.id-token', 'hydra.jwt.access-token'];

export function createHydraAdmin(origin: string): HydraAdmin {
  async function send(method: string, path: string, body?: object): Promise<Response> {
    const answer = await fetch(`${origin}/admin${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (answer.ok) return answer;
    throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  }

  async function accept(kind: 'login' | 'consent', challenge: string, body: object): Promise<URL> {
    const query = new URLSearchParams({ [`${kind}_challenge`]: challenge });
    const path = `/oauth2/auth/requests/${kind}/accept?${query.toString()}`;
    const answer = await send('PUT', path, body);
    const { redirect_to } = (await answer.json()) as { redirect_to: string }; // by its documentation
    return new URL(redirect_to);
  }

  return {
    async replaceKeys() {
      for (const set of keySets) {
        await send('DELETE', `/keys/${set}`);
        await send('POST', `/keys/${set}`, { alg: 'ES256', use: 'sig', kid: set });
      }
    },
    async createClients({ apps, services }) {
      const kinds: readonly TokenKind[] = ['opaque', 'jwt'];
      for (const kind of kinds) {
        await send('POST', '/clients', describeApp(apps[kind], kind));
        await send('POST', '/clients', describeService(services[kind], kind));
      }
    },
    acceptLogin: (challenge, subject) => accept('login', challenge, { subject }),
    acceptConsent: (challenge) =>
      accept('consent', challenge, { grant_scope: hydraScope.split(' ') }),
  };
}

function describeClient({ clientId, clientSecret }: RegisteredApp, kind: TokenKind) {
  return {
    client_id: clientId,
    client_secret: clientSecret,
    token_endpoint_auth_method: 'client_secret_basic',
    access_token_strategy: kind,
  };
}

function describeApp(app: RegisteredApp, kind: TokenKind) {
  return {
    ...describeClient(app, kind),
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [app.redirectUri],
    scope: hydraScope,
  };
}

function describeService(service: RegisteredApp, kind: TokenKind) {
  return { ...describeClient(service, kind), grant_types: ['client_credentials'] };
}
