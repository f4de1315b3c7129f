// Checks the DPoP proof of a request (RFC 9449 §4.3) by oidc-provider's own function. That the proof is
// new is checked last: a request that is then left to oidc-provider must find it unused.
import type { Client, Provider } from 'oidc-provider';
import { routes } from '#oidc/configuration.ts';
import { checkDpopProof, type DpopProof } from '#oidc/patches/handlers/dpop-proof.ts';
import type { DirectRequest } from '#oidc/fast-path/direct/direct-request.ts';
import { checkToken } from '#platform/strict-json.ts';

export function createDpopProofs({ provider }: { readonly provider: Provider }) {
  /**
   * `undefined` for a request without a proof, `null` if oidc-provider must decide.
   * @param accessToken with which the proof is presented, at userinfo
   */
  return async (
    { endpoint, proof }: DirectRequest,
    client: Client,
    accessToken?: string,
  ): Promise<DpopProof | undefined | null> => {
    if (!proof) return undefined;
    const url = `${provider.issuer}${routes[endpoint]}`;
    try {
      // As the middleware does (http/request/request-target.ts).
      checkToken(proof.jwt);
      return await checkDpopProof(provider, { ...proof, client, url, accessToken });
    } catch {
      return null;
    }
  };
}

export type DpopProofs = ReturnType<typeof createDpopProofs>;
