// Creates users, clients and APIs for a test with the services of the application. A test states
// only the values it depends on; the others have unique defaults.
import { randomBytes, type webcrypto } from 'node:crypto';
import { exportJWK } from 'jose';
import * as oauth from 'oauth4webapi';
import type { ApiResource } from '#core/clients/clients.ts';
import type { StandardClaims } from '#core/users/users.ts';
import { createClientRegistration } from '#oidc/clients/client-registration.ts';
import { createOidcProvider } from '#server/oidc-provider.ts';
import type { Services } from '#server/composition.ts';
import { anApiResource } from './builders.ts';
import type { AppIdentity, Person } from '#test/support/actors/relying-party.ts';

export interface PersonFacts {
  readonly email?: string;
  readonly password?: string;
  readonly emailVerified?: boolean;
  readonly claims?: StandardClaims;
}

/** Client metadata (RFC 7591 and extensions) and the authentication method (default `none`). */
export interface AppFacts {
  readonly auth?: 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';
  readonly [member: string]: unknown;
}

export interface RegisteredApp extends AppIdentity {
  /** Empty for a client without a secret. */
  readonly clientSecret: string;
  /** The key of a client that authenticates with private_key_jwt. */
  readonly privateKey: webcrypto.CryptoKey | undefined;
}

export type Registrations = Awaited<ReturnType<typeof createRegistrations>>;

export async function createRegistrations(services: Services) {
  const { now } = services;
  const registration = createClientRegistration({
    provider: (await createOidcProvider(services)).provider,
    store: services.clientStore,
    clients: services.clients,
    config: services.config,
    now,
  });

  return {
    async createUser(facts: PersonFacts = {}): Promise<Person> {
      const email = facts.email ?? `ann.${unique()}@example.com`;
      const password = facts.password ?? `four words make one ${unique()}`;
      const { claims = {}, emailVerified = false } = facts;
      const request = { email, password, claims, emailVerified };
      const outcome = await services.registration.createByOperator(request);
      if (!outcome.ok) throw new Error(`User was not created: ${JSON.stringify(outcome)}`);
      return { id: outcome.user.id, email, password };
    },
    async createClient({ auth = 'none', ...facts }: AppFacts = {}): Promise<RegisteredApp> {
      const hasKey = auth === 'private_key_jwt';
      const key = hasKey ? await oauth.generateKeyPair('ES256', { extractable: true }) : undefined;
      const metadata = {
        client_name: 'Tasks',
        redirect_uris: ['https://rp.example/cb'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: auth,
        ...(key ? { jwks: { keys: [{ ...(await exportJWK(key.publicKey)), use: 'sig' }] } } : {}),
        ...facts,
      };
      const { client, clientSecret = '' } = await registration.create(metadata);
      const [redirectUri = ''] = metadata.redirect_uris;
      return {
        clientId: client.clientId,
        clientSecret,
        redirectUri,
        metadata: client.metadata,
        privateKey: key?.privateKey,
        auth: authenticationOf(auth, clientSecret, key),
      };
    },
    async createApi(facts: Partial<ApiResource> = {}): Promise<ApiResource> {
      const resource = anApiResource(facts);
      await services.apiResources.insert(resource, now());
      await services.invalidation.publish({});
      return resource;
    },
  };
}

function authenticationOf(
  method: NonNullable<AppFacts['auth']>,
  secret: string,
  key: webcrypto.CryptoKeyPair | undefined,
): oauth.ClientAuth {
  if (method === 'client_secret_basic') return oauth.ClientSecretBasic(secret);
  if (method === 'client_secret_post') return oauth.ClientSecretPost(secret);
  return key ? oauth.PrivateKeyJwt(key.privateKey) : oauth.None();
}

function unique(): string {
  return randomBytes(6).toString('hex');
}
