// Nonces of this server in DPoP proofs (RFC 9449 §8 and §9). A client may always use one; a client
// registered with `dpop_nonce_required` must, which makes proofs prepared in advance useless.
import { decodeJwt } from 'jose';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { Keyring } from '#platform/crypto/encryption.ts';

export const nonceMember = 'dpop_nonce_required';

/**
 * Derived, so that a nonce from one node is valid on every other node and after a restart. After the current
 * encryption key changes, clients are asked to repeat a request with a new nonce.
 */
export function dpopNonceSecret({ keyring }: { readonly keyring: Keyring }): Buffer | undefined {
  return keyring.derive('dpop nonce')[0];
}

/** For oidc-provider, at the endpoints where the client is known before its proof is checked. */
export function requiresNonce({ oidc }: KoaContextWithOIDC): boolean {
  return oidc.client?.[nonceMember] === true;
}

/**
 * At userinfo, oidc-provider checks the proof before it knows the client, so the requirement is
 * enforced when it looks up the user of the token. The response has the header with the nonce.
 * @throws UseDpopNonce
 */
export function requireNonceAtUserinfo(ctx: KoaContextWithOIDC): void {
  if (ctx.oidc.route !== 'userinfo' || !requiresNonce(ctx)) return;
  const proof = ctx.get('DPoP');
  if (proof === '' || typeof decodeJwt(proof)['nonce'] === 'string') return;
  throw new errors.UseDpopNonce('nonce is required in the DPoP proof');
}
