// The keys with which an identity provider signs its signals: those of its transmitter metadata or, if there
// is none, those of its discovery document.
import type { JSONWebKeySet } from 'jose';
import type { SignInProvider } from '#config/kinds/sign-in-providers.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import {
  createProviderKeys,
  type ProviderKeys,
} from '#features/federation/upstream/provider-keys.service.ts';

export interface TransmitterKeyDependencies {
  readonly fetch: OutboundFetch;
  readonly now: () => Date;
}

const callMilliseconds = 4000;

export function createTransmitterKeys({ fetch, now }: TransmitterKeyDependencies) {
  /** Keyed by the provider object: a changed provider is a new object. */
  const known = new WeakMap<SignInProvider, ProviderKeys>();

  async function readJson(url: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const answer = await fetch(url, { signal: AbortSignal.timeout(callMilliseconds) });
    if (!answer.ok) return undefined;
    const content: unknown = await answer.json();
    return typeof content === 'object' && content !== null ? { ...content } : undefined;
  }

  async function findKeySet({ issuer }: SignInProvider): Promise<string> {
    for (const address of [transmitterDocument(issuer), discoveryDocument(issuer)]) {
      const document = await readJson(address);
      const keys = document?.['issuer'] === issuer ? document['jwks_uri'] : undefined;
      if (typeof keys === 'string' && isSafe(keys, issuer)) return keys;
    }
    throw new Error('The provider publishes no keys.');
  }

  async function fetchKeys(provider: SignInProvider): Promise<JSONWebKeySet> {
    const set = await readJson(await findKeySet(provider));
    if (Array.isArray(set?.['keys'])) return { keys: set['keys'] };
    throw new Error('The keys of the provider are unavailable.');
  }

  return {
    /** The key resolver of jose. */
    of(provider: SignInProvider): ProviderKeys {
      const keys =
        known.get(provider) ?? createProviderKeys({ fetchKeys: () => fetchKeys(provider), now });
      known.set(provider, keys);
      return keys;
    },
  };
}

export type TransmitterKeys = ReturnType<typeof createTransmitterKeys>;

/** SSF 1.0 §7.2.1: the well-known path is inserted between host and path. */
function transmitterDocument(issuer: string): string {
  const { origin, pathname } = new URL(issuer);
  return `${origin}/.well-known/ssf-configuration${pathname.replace(/\/$/, '')}`;
}

function discoveryDocument(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

function isSafe(address: string, issuer: string): boolean {
  const { protocol } = URL.parse(address) ?? {};
  return protocol === 'https:' || (protocol === 'http:' && issuer.startsWith('http:'));
}
