// Calls to one provider: discovers its metadata, caches it, and fetches its keys. openid-client is
// loaded on first use. Every call has a timeout, and any failure is thrown as ProviderUnreachable.
import type { Configuration, CustomFetch } from 'openid-client';
import type { JSONWebKeySet } from 'jose';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import type { SignInProvider } from '#config/kinds/sign-in-providers.ts';
import { clockToleranceSeconds } from './id-tokens.service.ts';
import { authenticationOf } from './client-authentication.service.ts';
import { ProviderUnreachable } from './provider-errors.service.ts';

/** Timeout of one call in seconds; a sign-in makes at most four calls. */
const callSeconds = 4;
/** How long provider metadata is cached. */
const rememberedSeconds = 60 * 60;

export interface ProviderConnectionDependencies {
  readonly provider: SignInProvider;
  readonly fetch: OutboundFetch;
  readonly now: () => Date;
}

export const loadClient = () => import('openid-client');

async function discover(provider: SignInProvider, call: CustomFetch): Promise<Configuration> {
  const { issuer, clientId } = provider;
  const client = await loadClient();
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
    // Users are redirected to the first endpoint, and ID tokens are trusted because of the second.
    const endpoints = [described.authorization_endpoint, described.jwks_uri];
    const areSafe = endpoints.every((endpoint) => isSafe(endpoint, issuer));
    if (!areSafe) throw new Error('provider endpoint is not HTTPS');
    return found;
  } catch (cause) {
    throw new ProviderUnreachable('provider discovery failed', { cause });
  }
}

export function createProviderConnection({ provider, fetch, now }: ProviderConnectionDependencies) {
  const known: { configuration?: Promise<Configuration>; until: number } = { until: 0 };

  async function reach(...request: Parameters<OutboundFetch>): Promise<Response> {
    try {
      return await fetch(...request);
    } catch (cause) {
      throw new ProviderUnreachable('provider is unreachable', { cause });
    }
  }

  const call: CustomFetch = async (url, { method, headers, body, signal }) => {
    const answer = await reach(url, { method, headers, body: textOf(body), signal });
    if (answer.status >= 500)
      throw new ProviderUnreachable(`provider responded with status ${answer.status}`);
    return answer;
  };

  /** Returns cached metadata. Concurrent callers share one request, and a failure is not cached. */
  function configure(): Promise<Configuration> {
    const at = now().getTime() / 1000;
    if (known.configuration && at < known.until) return known.configuration;
    const asked = discover(provider, call);
    known.configuration = asked;
    known.until = at + rememberedSeconds;
    asked.catch(() => {
      if (known.configuration === asked) delete known.configuration;
    });
    return asked;
  }

  return {
    configure,
    async fetchKeys(): Promise<JSONWebKeySet> {
      const { jwks_uri: address } = (await configure()).serverMetadata();
      if (!address) throw new ProviderUnreachable('provider metadata has no jwks_uri');
      const answer = await reach(address, { signal: AbortSignal.timeout(callSeconds * 1000) });
      const set: unknown = answer.ok ? await answer.json().catch(() => undefined) : undefined;
      if (!isKeySet(set)) throw new ProviderUnreachable('provider keys are unavailable');
      return set;
    },
  };
}

export type ProviderConnection = ReturnType<typeof createProviderConnection>;

/** True for an HTTPS URL, and for HTTP only if the issuer itself uses HTTP. */
function isSafe(address: string | undefined, issuer: string): boolean {
  const { protocol } = URL.parse(address ?? '') ?? {};
  return protocol === 'https:' || (protocol === 'http:' && issuer.startsWith('http:'));
}

function isKeySet(set: unknown): set is JSONWebKeySet {
  return typeof set === 'object' && set !== null && 'keys' in set && Array.isArray(set.keys);
}

function textOf(body: unknown): string | undefined {
  return body instanceof URLSearchParams || typeof body === 'string' ? body.toString() : undefined;
}
