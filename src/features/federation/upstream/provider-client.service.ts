// OpenID Connect client for one provider: builds authorization requests and handles responses. The
// protocol is implemented by openid-client, which is loaded on first use; ID tokens are validated
// in id-tokens.service.ts. Every call has a timeout, and an unavailable provider is a regular
// outcome.
import type { ProvenIdentity } from '#core/users/external-identity.ts';
import type { Configuration, CustomFetch } from 'openid-client';
import type { JSONWebKeySet } from 'jose';
import type { Log } from '#platform/logging/log.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import type { SignInProvider } from '#config/kinds/sign-in-providers.ts';
import {
  checkIdToken,
  clockToleranceSeconds,
  readIdentity,
  type ExpectedToken,
} from './id-tokens.service.ts';
import { authenticationOf } from './client-authentication.service.ts';
import { faultOf, ProviderAway, type ProviderFault } from './provider-errors.service.ts';
import { createProviderKeys } from './provider-keys.service.ts';

/** Timeout of one call in seconds; a sign-in makes at most four calls. */
const callSeconds = 4;
/** How long provider metadata is cached. */
const rememberedSeconds = 60 * 60;

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

const load = () => import('openid-client');

export function createProviderClient(dependencies: ProviderClientDependencies) {
  const { provider, redirectUri, fetch, log, now } = dependencies;
  const { issuer, clientId, scopes, hostedDomain } = provider;
  const known: { configuration?: Promise<Configuration>; until: number } = { until: 0 };
  const findKey = createProviderKeys({ fetchKeys, now });

  const call: CustomFetch = async (url, { method, headers, body, signal }) => {
    const answer = await reach(url, { method, headers, body: textOf(body), signal });
    if (answer.status >= 500)
      throw new ProviderAway(`provider responded with status ${answer.status}`);
    return answer;
  };

  async function reach(...request: Parameters<OutboundFetch>): Promise<Response> {
    try {
      return await fetch(...request);
    } catch (cause) {
      throw new ProviderAway('provider is unreachable', { cause });
    }
  }

  async function discover(): Promise<Configuration> {
    const client = await load();
    const options = {
      [client.customFetch]: call,
      timeout: callSeconds,
      execute: issuer.startsWith('http:') ? [client.allowInsecureRequests] : [],
    };
    try {
      const authentication = await authenticationOf(provider);
      const metadata = { [client.clockTolerance]: clockToleranceSeconds };
      const url = new URL(issuer);
      const found = await client.discovery(url, clientId, metadata, authentication, options);
      // The library compares normalized URLs; ID tokens require the exact text of the issuer.
      const described = found.serverMetadata();
      if (described.issuer !== issuer) throw new Error('issuer mismatch in provider metadata');
      // Users are redirected to the first endpoint, and ID tokens are trusted because of the
      // second.
      const endpoints = [described.authorization_endpoint, described.jwks_uri];
      if (!endpoints.every(isSafe)) throw new Error('provider endpoint is not HTTPS');
      return found;
    } catch (cause) {
      throw new ProviderAway('provider discovery failed', { cause });
    }
  }

  /** True for an HTTPS URL, and for HTTP only if the issuer itself uses HTTP. */
  function isSafe(address: string | undefined): boolean {
    const { protocol } = URL.parse(address ?? '') ?? {};
    return protocol === 'https:' || (protocol === 'http:' && issuer.startsWith('http:'));
  }

  /** Returns cached metadata. Concurrent callers share one request, and a failure is not cached. */
  function configure(): Promise<Configuration> {
    const at = now().getTime() / 1000;
    if (known.configuration && at < known.until) return known.configuration;
    const asked = discover();
    known.configuration = asked;
    known.until = at + rememberedSeconds;
    asked.catch(() => {
      if (known.configuration === asked) delete known.configuration;
    });
    return asked;
  }

  async function fetchKeys(): Promise<JSONWebKeySet> {
    const { jwks_uri: address } = (await configure()).serverMetadata();
    if (!address) throw new ProviderAway('provider metadata has no jwks_uri');
    const answer = await reach(address, { signal: AbortSignal.timeout(callSeconds * 1000) });
    const set: unknown = answer.ok ? await answer.json().catch(() => undefined) : undefined;
    if (!isKeySet(set)) throw new ProviderAway('provider keys are unavailable');
    return set;
  }

  /** Adds the email address from userinfo if it is requested but missing in the ID token. */
  async function complete(
    claims: Readonly<Record<string, unknown>> & { readonly sub: string },
    accessToken: string,
  ) {
    const configuration = await configure();
    const isMissing = claims['email'] === undefined && scopes.includes('email');
    if (!isMissing || !configuration.serverMetadata().userinfo_endpoint) return claims;
    const client = await load();
    const { email, email_verified, name } = await client.fetchUserInfo(
      configuration,
      accessToken,
      claims.sub,
    );
    return { name, email_verified, email, ...claims };
  }

  async function check(token: string, expected: ExpectedToken) {
    return checkIdToken(token, expected, { provider, findKey, now });
  }

  async function exchange(address: URL, answered: Answered): Promise<ProviderOutcome> {
    const { nonce, state, verifier } = answered;
    const client = await load();
    const tokens = await client.authorizationCodeGrant(await configure(), address, {
      expectedNonce: nonce,
      expectedState: state,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    const outcome = await check(tokens.id_token ?? '', answered);
    if (!outcome.ok) return refuse(outcome.reason);
    const claims = await complete(outcome.claims, tokens.access_token);
    return { ok: true, identity: readIdentity(claims, provider, now()) };
  }

  function refuse(reason: ProviderFault, error?: unknown): ProviderOutcome {
    const fields = { event: 'provider.refused', name: provider.id, reason };
    log.warn(error === undefined ? fields : { ...fields, err: error }, 'federated sign-in failed');
    return { ok: false, reason };
  }

  async function orFault(work: Promise<ProviderOutcome>): Promise<ProviderOutcome> {
    try {
      return await work;
    } catch (error) {
      return refuse(faultOf(error), error);
    }
  }

  return {
    provider,
    /** Returns the authorization URL, or `undefined` if the provider is unavailable. */
    async begin(asked: Asked): Promise<URL | undefined> {
      const { state, nonce, verifier, maxAgeSeconds, loginHint, locale } = asked;
      try {
        const configuration = await configure();
        const client = await load();
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
      } catch (error) {
        refuse(faultOf(error), error);
        return undefined;
      }
    },
    /** @param query the query string of the callback, including the question mark */
    finish(query: string, answered: Answered): Promise<ProviderOutcome> {
      return orFault(exchange(new URL(query, redirectUri), answered));
    },
    /** Accepts an ID token that the browser delivered (One Tap). */
    take(token: string, expected: ExpectedToken): Promise<ProviderOutcome> {
      const taken = async (): Promise<ProviderOutcome> => {
        const outcome = await check(token, expected);
        if (!outcome.ok) return refuse(outcome.reason);
        return { ok: true, identity: readIdentity(outcome.claims, provider, now()) };
      };
      return orFault(taken());
    },
  };
}

export type ProviderClient = ReturnType<typeof createProviderClient>;

function isKeySet(set: unknown): set is JSONWebKeySet {
  return typeof set === 'object' && set !== null && 'keys' in set && Array.isArray(set.keys);
}

function textOf(body: unknown): string | undefined {
  return body instanceof URLSearchParams || typeof body === 'string' ? body.toString() : undefined;
}
