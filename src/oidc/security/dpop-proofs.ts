// DPoP proofs (RFC 9449) at endpoints that oidc-provider does not serve, checked by its rules.
import { errors, type Provider, type TokenEndpointGrantContext } from 'oidc-provider';
import type { Context } from '#http/context.ts';
import { checkDpopReplay, validateDpop } from '#oidc/patches/grants/grant-helpers.ts';

export interface ProvenEndpoint {
  readonly clientId: string;
  /** The full URL, without a query. */
  readonly url: string;
}

/**
 * Returns the thumbprint of the key. A proof is accepted once.
 * @throws errors.InvalidDpopProof or errors.UseDpopNonce; the response then has the nonce
 */
export async function readDpopProof(
  provider: Provider,
  ctx: Context,
  { clientId, url }: ProvenEndpoint,
): Promise<string> {
  const client = await provider.Client.find(clientId);
  const route = { provider, client, route: 'authorization_challenge', urlFor: () => url };
  // oidc-provider's helpers read these members of its own context only; the flow test proves it.
  const proven = Object.create(ctx, { oidc: { value: route } }) as TokenEndpointGrantContext;
  const proof = await validateDpop(provider, proven);
  if (!proof) throw new errors.InvalidDpopProof('a DPoP proof is required');
  await checkDpopReplay(provider, proven, proof, clientId, errors.InvalidDpopProof);
  return proof.thumbprint;
}
