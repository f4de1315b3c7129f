// Patch: the keys that a client publishes at its `jwks_uri`. oidc-provider keeps them for at least a
// minute; a client that has rotated its key would be refused until then, so an unknown key id makes
// it fetch them again.
import type { Provider } from 'oidc-provider';
import type { KeyStore } from '#oidc/patches/private-members.ts';

/** Minimum seconds between two such fetches, because anyone can name a client and an unknown key id. */
const minRefreshIntervalSeconds = 30;

/** Metadata that the constructor accepts; the client is never stored. */
const sample = {
  client_id: 'sample',
  redirect_uris: ['https://client.example/callback'],
  token_endpoint_auth_method: 'none',
};

export function refetchUnknownKeys(provider: Provider, now: () => Date): void {
  const fetchedAt = new WeakMap<KeyStore, number>();
  // The contract test of this patch proves the type: every client has a key store of one class.
  const Model = provider.Client as unknown as new (metadata: object) => {
    readonly asymmetricKeyStore: KeyStore;
  };
  const stores = Object.getPrototypeOf(new Model(sample).asymmetricKeyStore) as KeyStore;
  const select = stores.selectForVerify;

  stores.selectForVerify = function selectOrExpire(header) {
    const keys = select.call(this, header);
    const isUnknown = keys.length === 0 && typeof header.kid === 'string';
    if (!isUnknown || this.jwksUri === undefined || !this.fresh()) return keys;
    const seconds = now().getTime() / 1000;
    if (seconds - (fetchedAt.get(this) ?? -Infinity) < minRefreshIntervalSeconds) return keys;
    fetchedAt.set(this, seconds);
    // oidc-provider fetches stale keys when no key verifies a signature, and then selects again.
    this.freshUntil = 0;
    return keys;
  };
}
