// Checks the DPoP proof of a request (RFC 9449 §4.3) with oidc-provider's own function. Whether the proof is
// new is checked last, because oidc-provider must find it unused if the request is left to it.
import type { Client, Provider } from 'oidc-provider';
import { routes } from '#oidc/configuration.ts';
import { checkDpopProof, type DpopProof } from '#oidc/patches/handlers/dpop-proof.ts';
import type { DirectRequest } from '#oidc/fast-path/direct/direct-request.ts';
import { checkToken } from '#platform/strict-json.ts';

export function createDpopProofs({ provider }: { readonly provider: Provider }) {
  /**
   * `undefined` for a request without a proof, `null` if oidc-provider must decide.
   * @param accessToken the token with which the proof is presented, at userinfo
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
