// The realm of Keycloak: the clients, users, keys and lifetimes of the load test, as close to those of the
// other servers as Keycloak allows. Everything else is Keycloak's default.
import type { Person } from '#test/support/actors/relying-party.ts';
import type { RegisteredApp } from '#test/support/data/registrations.ts';
import { accessTokenSeconds } from '#bench/load/entrants.ts';

export const realmName = 'bench';

interface RealmClients {
  readonly app: RegisteredApp;
  /** The service client, which has no users. */
  readonly service: RegisteredApp;
}

/** The representation of the realm in the admin API. */
export function describeRealm({ app, service }: RealmClients, people: readonly Person[]) {
  return {
    realm: realmName,
    enabled: true,
    sslRequired: 'none',
    loginWithEmailAllowed: true,
    bruteForceProtected: false,
    eventsEnabled: false,
    adminEventsEnabled: false,
    defaultSignatureAlgorithm: 'ES256',
    accessTokenLifespan: accessTokenSeconds,
    // Each refresh token can be used once.
    revokeRefreshToken: true,
    refreshTokenMaxReuse: 0,
    components: { 'org.keycloak.keys.KeyProvider': keys },
    clients: [
      { ...describeClient(app), standardFlowEnabled: true, protocolMappers: [audienceOf(app)] },
      { ...describeClient(service), standardFlowEnabled: false, serviceAccountsEnabled: true },
    ],
    users: people.map(({ email, password }, index) => ({
      username: email,
      email,
      emailVerified: true,
      // Without names, Keycloak asks for them after the sign-in.
      firstName: 'Ann',
      lastName: `Number ${index}`,
      enabled: true,
      credentials: [{ type: 'password', value: password, temporary: false }],
    })),
  };
}

/** HMAC and AES are for its own tokens: refresh tokens and cookies. */
const keys = [
  { name: 'es256', providerId: 'ecdsa-generated', config: { ecdsaEllipticCurveKey: ['P-256'] } },
  { name: 'hs512', providerId: 'hmac-generated', config: { algorithm: ['HS512'] } },
  { name: 'aes', providerId: 'aes-generated', config: {} },
];

function describeClient({ clientId, clientSecret, redirectUri }: RegisteredApp) {
  return {
    clientId,
    secret: clientSecret,
    enabled: true,
    protocol: 'openid-connect',
    publicClient: false,
    clientAuthenticatorType: 'client-secret',
    directAccessGrantsEnabled: false,
    redirectUris: [redirectUri],
    attributes: {
      'access.token.signed.response.alg': 'ES256',
      'id.token.signed.response.alg': 'ES256',
      'pkce.code.challenge.method': 'S256',
    },
  };
}

/** Keycloak tells a client that is not in the audience of a token that the token is inactive. */
function audienceOf({ clientId }: RegisteredApp) {
  return {
    name: 'audience',
    protocol: 'openid-connect',
    protocolMapper: 'oidc-audience-mapper',
    config: { 'included.client.audience': clientId, 'access.token.claim': 'true' },
  };
}
