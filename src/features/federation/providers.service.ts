// The configured identity providers. The client of each one is created on first use.
import type { Log } from '#platform/logging/log.ts';
import { createOutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import type { SignInProvider } from '#config/kinds/sign-in-providers.ts';
import { createProviderClient, type ProviderClient } from './upstream/provider-client.service.ts';

export interface ProviderDependencies {
  readonly providers: readonly SignInProvider[];
  readonly issuer: string;
  readonly outboundAllow: readonly string[];
  readonly log: Log;
  readonly now: () => Date;
}

export function createProviders(dependencies: ProviderDependencies) {
  const { providers, issuer, outboundAllow, log, now } = dependencies;
  const clients = new Map<string, ProviderClient>();

  function make(provider: SignInProvider): ProviderClient {
    const redirectUri = `${issuer}/auth/with/${provider.id}/callback`;
    const fetch = createOutboundFetch({ allow: outboundAllow });
    return createProviderClient({ provider, redirectUri, fetch, log, now });
  }

  return {
    list: providers,
    /** The provider for which Google One Tap is enabled. */
    tapped: providers.find(({ oneTap }) => oneTap),
    /** Returns `undefined` if no provider has this id. */
    find(id: string): ProviderClient | undefined {
      const provider = providers.find((each) => each.id === id);
      if (!provider) return undefined;
      const client = clients.get(id) ?? make(provider);
      clients.set(id, client);
      return client;
    },
  };
}

export type Providers = ReturnType<typeof createProviders>;
