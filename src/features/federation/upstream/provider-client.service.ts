// OpenID Connect client for one provider: builds authorization requests and handles responses. The
// protocol is implemented by openid-client; metadata and keys are in provider-connection.service.ts,
// and ID tokens are validated in id-tokens.service.ts. An unavailable provider is a regular outcome.
import type { ProvenIdentity } from '#core/users/external-identity.ts';
import type { Log } from '#platform/logging/log.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import type { SignInProvider } from '#config/kinds/sign-in-providers.ts';
import { checkIdToken, readIdentity, type ExpectedToken } from './id-tokens.service.ts';
import { faultOf, type ProviderFault } from './provider-errors.service.ts';
import { createProviderKeys, type ProviderKeys } from './provider-keys.service.ts';
import {
  createProviderConnection,
  loadClient,
  type ProviderConnection,
} from './provider-connection.service.ts';

export type ProviderOutcome =
  | { readonly ok: true; readonly identity: ProvenIdentity }
  | { readonly ok: false; readonly reason: ProviderFault };

/** Parameters of an authorization request. */
export interface Asked {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly maxAgeSeconds: number | undefined;
  readonly loginHint: string | undefined;
  readonly locale: string | undefined;
}

export interface Answered extends ExpectedToken {
  readonly state: string;
  readonly verifier: string;
}

export interface ProviderClientDependencies {
  readonly provider: SignInProvider;
  readonly redirectUri: string;
  readonly fetch: OutboundFetch;
  readonly log: Log;
  readonly now: () => Date;
}

/** A client with its connection to the provider. */
interface Connected extends ProviderClientDependencies {
  readonly connection: ProviderConnection;
  readonly findKey: ProviderKeys;
}

/**
 * Adds the email address from userinfo if it is requested but missing in the ID token. The claims
 * that say whether it can be trusted are then those of userinfo as well, even if it sends none.
 */
async function complete(
  { provider, connection }: Connected,
  claims: Readonly<Record<string, unknown>> & { readonly sub: string },
  accessToken: string,
) {
  const configuration = await connection.configure();
  const isMissing = claims['email'] === undefined && provider.scopes.includes('email');
  if (!isMissing || !configuration.serverMetadata().userinfo_endpoint) return claims;
  const client = await loadClient();
  const { email, email_verified, hd, name } = await client.fetchUserInfo(
    configuration,
    accessToken,
    claims.sub,
  );
  return { name, ...claims, email, email_verified, hd };
}

async function exchange(
  connected: Connected,
  address: URL,
  answered: Answered,
): Promise<ProviderOutcome> {
  const { connection, provider, now } = connected;
  const { nonce, state, verifier } = answered;
  const client = await loadClient();
  const tokens = await client.authorizationCodeGrant(await connection.configure(), address, {
    expectedNonce: nonce,
    expectedState: state,
    pkceCodeVerifier: verifier,
    idTokenExpected: true,
  });
  const outcome = await checkIdToken(tokens.id_token ?? '', answered, connected);
  if (!outcome.ok) return refuse(connected, outcome.reason);
  const claims = await complete(connected, outcome.claims, tokens.access_token);
  return { ok: true, identity: readIdentity(claims, provider, now()) };
}

async function takeIdToken(
  connected: Connected,
  token: string,
  expected: ExpectedToken,
): Promise<ProviderOutcome> {
  const { provider, now } = connected;
  const outcome = await checkIdToken(token, expected, connected);
  if (!outcome.ok) return refuse(connected, outcome.reason);
  return { ok: true, identity: readIdentity(outcome.claims, provider, now()) };
}

async function authorizationUrl(
  { connection, provider, redirectUri }: Connected,
  { state, nonce, verifier, maxAgeSeconds, loginHint, locale }: Asked,
): Promise<URL> {
  const { scopes, hostedDomain } = provider;
  const configuration = await connection.configure();
  const client = await loadClient();
  return client.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(maxAgeSeconds === undefined ? {} : { max_age: String(maxAgeSeconds) }),
    ...(maxAgeSeconds === 0 ? { prompt: 'login' } : {}),
    ...(loginHint === undefined ? {} : { login_hint: loginHint }),
    ...(locale === undefined ? {} : { ui_locales: locale }),
    ...(hostedDomain === undefined ? {} : { hd: hostedDomain }),
  });
}

function refuse(
  { provider, log }: ProviderClientDependencies,
  reason: ProviderFault,
  error?: unknown,
): ProviderOutcome {
  const fields = { event: 'provider.refused', name: provider.id, reason };
  log.warn(error === undefined ? fields : { ...fields, err: error }, 'federated sign-in failed');
  return { ok: false, reason };
}

async function orFault(
  dependencies: ProviderClientDependencies,
  work: Promise<ProviderOutcome>,
): Promise<ProviderOutcome> {
  try {
    return await work;
  } catch (error) {
    return refuse(dependencies, faultOf(error), error);
  }
}

export function createProviderClient(dependencies: ProviderClientDependencies) {
  const { provider, redirectUri, now } = dependencies;
  const connection = createProviderConnection(dependencies);
  const findKey = createProviderKeys({ fetchKeys: connection.fetchKeys, now });
  const connected = { ...dependencies, connection, findKey };

  return {
    provider,
    /** Returns the authorization URL, or `undefined` if the provider is unavailable. */
    async begin(asked: Asked): Promise<URL | undefined> {
      try {
        return await authorizationUrl(connected, asked);
      } catch (error) {
        refuse(dependencies, faultOf(error), error);
        return undefined;
      }
    },
    /** @param query the query string of the callback, including the question mark */
    finish(query: string, answered: Answered): Promise<ProviderOutcome> {
      return orFault(dependencies, exchange(connected, new URL(query, redirectUri), answered));
    },
    /** Accepts an ID token that the browser delivered (One Tap). */
    take(token: string, expected: ExpectedToken): Promise<ProviderOutcome> {
      return orFault(dependencies, takeIdToken(connected, token, expected));
    },
  };
}

export type ProviderClient = ReturnType<typeof createProviderClient>;
