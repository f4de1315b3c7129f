// Shared by the API, the commands and the panel: the list of all providers, their usage, and the check of one
// provider.
import type { SignInProvider } from '#config/kinds/sign-in-providers.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import {
  openSecret,
  type ActiveProviders,
} from '#features/identity-providers/active-providers.service.ts';
import {
  readProvider,
  type StoredProvider,
} from '#features/identity-providers/identity-providers.ts';
import type { IdentityProviders } from '#features/identity-providers/identity-providers.service.ts';
import type {
  CheckProvider,
  ProviderCheckReport,
} from '#features/federation/upstream/provider-check.service.ts';
import {
  presentConfigured,
  presentStored,
  presentUsage,
  type ShownProvider,
} from './present-provider.ts';

export interface ProviderAdministrationDependencies {
  readonly activeProviders: ActiveProviders;
  readonly identityProviders: IdentityProviders;
  readonly checkProvider: CheckProvider;
  readonly keyring: Keyring;
  readonly issuer: string;
}

export function createProviderAdministration(dependencies: ProviderAdministrationDependencies) {
  const { activeProviders, identityProviders, checkProvider, keyring, issuer } = dependencies;
  const redirectUriOf = (id: string) => `${issuer}/auth/with/${id}/callback`;
  const present = (stored: StoredProvider): ShownProvider =>
    presentStored(stored, {
      state: activeProviders.stateOf(stored),
      redirectUri: redirectUriOf(stored.id),
    });
  const findConfigured = (id: string): SignInProvider | undefined =>
    activeProviders.configured.find((each) => each.id === id);

  /** @throws AppError `not_found` */
  async function show(id: string): Promise<ShownProvider> {
    const configured = findConfigured(id);
    if (configured) return presentConfigured(configured, redirectUriOf(id));
    return present(await identityProviders.find(id));
  }

  return {
    redirectUriOf,
    present,
    show,
    /** Providers of the setting first, then the stored ones in the order of creation. */
    async list(): Promise<readonly ShownProvider[]> {
      const { configured } = activeProviders;
      const stored = await identityProviders.list();
      const fixed = configured.map((each) => presentConfigured(each, redirectUriOf(each.id)));
      return [...fixed, ...stored.map(present)];
    },
    usage: async (provider: Pick<ShownProvider, 'issuer'>) =>
      presentUsage(await identityProviders.usage(provider.issuer)),
    /** @throws AppError `not_found`, or `internal` if the secret cannot be decrypted */
    async check(id: string): Promise<ProviderCheckReport> {
      const configured = findConfigured(id);
      if (configured) return checkProvider(configured);
      const stored = await identityProviders.find(id);
      const { issuer: address, options } = stored;
      const entry = { ...options, id, issuer: address };
      return checkProvider(readProvider(entry, openSecret(keyring, stored)));
    },
  };
}

export type ProviderAdministration = ReturnType<typeof createProviderAdministration>;
