// The identity providers that users can sign in with. The client of each one is created on first use.
import type { Log } from '#platform/logging/log.ts';
import type { ActiveProviders } from '#features/identity-providers/active-providers.service.ts';
import type { Observation } from '#platform/observation/observation.ts';
import { createOutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import type { SignInProvider } from '#config/kinds/sign-in-providers.ts';
import { createProviderClient, type ProviderClient } from './upstream/provider-client.service.ts';

export interface ProviderDependencies {
  readonly activeProviders: ActiveProviders;
  readonly issuer: string;
  readonly outboundAllow: readonly string[];
  readonly observation: Observation;
  readonly log: Log;
  readonly now: () => Date;
}

export function createProviders(dependencies: ProviderDependencies) {
  const { activeProviders, issuer, outboundAllow, observation, log, now } = dependencies;
  /** Keyed by the provider object: a changed provider is a new object, and so gets a new client. */
  const clients = new WeakMap<SignInProvider, ProviderClient>();

  function make(provider: SignInProvider): ProviderClient {
    const redirectUri = `${issuer}/auth/with/${provider.id}/callback`;
    const fetch = createOutboundFetch({ allow: outboundAllow, observation });
    return createProviderClient({ provider, redirectUri, fetch, log, now });
  }

  return {
    get list(): readonly SignInProvider[] {
      return activeProviders.list;
    },
    /** The provider for which Google One Tap is enabled. */
    get tapped(): SignInProvider | undefined {
      return activeProviders.list.find(({ oneTap }) => oneTap);
    },
    /** Returns `undefined` if no provider has this id. */
    find(id: string): ProviderClient | undefined {
      const provider = activeProviders.list.find((each) => each.id === id);
      if (!provider) return undefined;
      const client = clients.get(provider) ?? make(provider);
      clients.set(provider, client);
      return client;
    },
  };
}

export type Providers = ReturnType<typeof createProviders>;
