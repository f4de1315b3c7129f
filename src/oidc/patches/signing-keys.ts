// Patch: the signing keys of a running provider. oidc-provider reads them once, when it is created,
// and has no interface to change them later; a rotation must take effect without a restart.
// Elliptic-curve keys sign in this thread (docs/decisions/0051).
import type { JWK } from 'jose';
import { ExternalSigningKey, type Provider } from 'oidc-provider';
import readInternals from 'oidc-provider/lib/helpers/weak_cache.js';
import { createSigner, type Signer } from '#platform/crypto/signatures.ts';

/** What oidc-provider keeps about its keys (lib/helpers/initialize_keystore.js). */
interface KeyInternals {
  readonly keystore: { clear(): void; add(key: JWK | ExternalSigningKey): void };
  /** The body of the JWKS. */
  jwks: { readonly keys: readonly JWK[] };
}

export interface ProviderKeys {
  /** Private, one per algorithm. */
  readonly signing: readonly JWK[];
  /** Public: the JWKS. */
  readonly published: readonly JWK[];
  /** Public: verifies ID tokens that clients send as `id_token_hint`. */
  readonly accepted: readonly JWK[];
}

/**
 * Signing and verification select a key by algorithm, in the order of the key store: the first key of an
 * algorithm is the private one. The change is synchronous, so no request sees it half done.
 */
export function replaceSigningKeys(
  provider: Provider,
  { signing, published, accepted }: ProviderKeys,
): void {
  // The contract test of this patch proves the type.
  const internals = readInternals(provider) as KeyInternals;
  const isPrivate = new Set(signing.map(({ kid }) => kid));
  internals.keystore.clear();
  for (const key of signing) internals.keystore.add(signingKeyOf(key));
  for (const key of accepted) if (!isPrivate.has(key.kid)) internals.keystore.add(key);
  internals.jwks = { keys: published };
}

/**
 * oidc-provider signs with such a key by calling it. The feature `externalSigningSupport` only
 * determines whether it may be configured at start.
 */
class SynchronousKey extends ExternalSigningKey {
  readonly #signer: Signer;
  readonly #named: { readonly alg: string | undefined; readonly kid: string | undefined };

  constructor(signer: Signer, { alg, kid }: JWK) {
    super();
    this.#signer = signer;
    this.#named = { alg, kid };
  }

  override get alg(): string | undefined {
    return this.#named.alg;
  }

  override get kid(): string | undefined {
    return this.#named.kid;
  }

  override keyObject() {
    return this.#signer.publicKey;
  }

  override sign(data: Uint8Array): Buffer {
    return this.#signer.sign(data);
  }
}

function signingKeyOf(jwk: JWK): JWK | ExternalSigningKey {
  const signer = createSigner(jwk);
  return signer ? new SynchronousKey(signer, jwk) : jwk;
}
