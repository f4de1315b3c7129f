// The identity providers that users can currently sign in with: those of SIGN_IN_PROVIDERS, and those that
// operators have stored. Each process keeps the list in memory, because every sign-in page shows it. It is
// loaded at the start, after every change that a node publishes, and twice a second, so that a lost message
// delays a change by a second at most.
import type { SignInProvider } from '#config/kinds/sign-in-providers.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Log } from '#platform/logging/log.ts';
import type { IdentityProviderStore } from './identity-providers.store.ts';
import {
  providerContext,
  readProvider,
  type ProviderSecret,
  type ProviderState,
  type StoredProvider,
} from './identity-providers.ts';

export interface ActiveProviderDependencies {
  /** The value of SIGN_IN_PROVIDERS. */
  readonly configured: readonly SignInProvider[];
  readonly store: IdentityProviderStore;
  readonly keyring: Keyring;
  readonly log: Log;
}

/** A stored provider as this process uses it; `provider` is undefined if it is not usable. */
interface Known {
  readonly stored: StoredProvider;
  readonly provider: SignInProvider | undefined;
}

export function createActiveProviders(dependencies: ActiveProviderDependencies) {
  const { configured, store } = dependencies;
  const known = { stored: [] as readonly Known[], list: configured };
  const loads = { count: 0, applied: 0 };

  function open(stored: StoredProvider): Known {
    // The same object for the same revision, because the client of a provider is cached by it.
    const same = known.stored.find((each) => each.stored.revision === stored.revision);
    return same ?? { stored, provider: decrypt(dependencies, stored) };
  }

  function stateOf({ stored, provider }: Known): ProviderState {
    if (isConfigured(configured, stored)) return 'overridden';
    if (!stored.enabled) return 'disabled';
    return provider ? 'active' : 'unusable';
  }

  function apply(rows: readonly StoredProvider[]): void {
    const opened = rows.map(open);
    const active = opened.filter((each) => stateOf(each) === 'active');
    known.stored = opened;
    known.list = [...configured, ...active.flatMap(({ provider }) => provider ?? [])];
  }

  return {
    /** The providers that users can sign in with. */
    get list(): readonly SignInProvider[] {
      return known.list;
    },
    /** The providers of the setting, which operators cannot change at run time. */
    configured,
    isConfigured: (provider: Pick<SignInProvider, 'id' | 'issuer'>): boolean =>
      isConfigured(configured, provider),
    stateOf: (stored: StoredProvider): ProviderState => stateOf(open(stored)),
    /** A load that began earlier never replaces the result of a later one. */
    async load(): Promise<void> {
      loads.count += 1;
      const own = loads.count;
      const rows = await store.list();
      if (own < loads.applied) return;
      loads.applied = own;
      apply(rows);
    },
  };
}

export type ActiveProviders = ReturnType<typeof createActiveProviders>;

/** @throws AppError `internal` if it was encrypted with a key that is missing */
export function openSecret(keyring: Keyring, { id, credential }: StoredProvider): ProviderSecret {
  // Only sealSecret() writes the value.
  return JSON.parse(keyring.open(credential, providerContext(id)).toString()) as ProviderSecret;
}

export function sealSecret(keyring: Keyring, id: string, secret: ProviderSecret): string {
  return keyring.seal(JSON.stringify(secret), providerContext(id));
}

function isConfigured(
  configured: readonly SignInProvider[],
  { id, issuer }: Pick<SignInProvider, 'id' | 'issuer'>,
): boolean {
  return configured.some((each) => each.id === id || each.issuer === issuer);
}

/** An unusable provider must not prevent sign-in with the others. */
function decrypt(
  { keyring, log }: ActiveProviderDependencies,
  stored: StoredProvider,
): SignInProvider | undefined {
  try {
    const { id, issuer, options } = stored;
    return readProvider({ ...options, id, issuer }, openSecret(keyring, stored));
  } catch (err) {
    log.error({ event: 'provider.unusable', name: stored.id, err }, 'provider cannot be used');
    return undefined;
  }
}
