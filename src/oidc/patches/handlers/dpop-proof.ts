// The check of a DPoP proof by oidc-provider, for direct answers (docs/decisions/0063).
import type { Client, KoaContextWithOIDC, Provider } from 'oidc-provider';
import validateDpop, { checkDpopReplay } from 'oidc-provider/lib/helpers/validate_dpop.js';

/** What oidc-provider reads of a request with a proof. */
export interface ProvenRequest {
  readonly client: Client;
  readonly method: string;
  /** The URL of the endpoint, without a query. */
  readonly url: string;
  /** The proof in the `DPoP` header. */
  readonly jwt: string;
  /** The access token that is presented with the proof, if any. */
  readonly accessToken: string | undefined;
  /** Adds a header to the response: a nonce for the next proof. */
  setHeader(name: string, value: string): void;
}

/** A valid proof. */
export interface DpopProof {
  /** The thumbprint of its key (RFC 7638). */
  readonly thumbprint: string;
  /**
   * Uses up the proof.
   * @throws the given error if the proof was used before
   */
  useUp(error: new (detail: string) => Error): Promise<void>;
}

/**
 * Checks everything except whether the proof is new.
 * @throws InvalidDpopProof or UseDpopNonce
 */
export async function checkDpopProof(
  provider: Provider,
  request: ProvenRequest,
): Promise<DpopProof> {
  const { client, accessToken } = request;
  const ctx = contextOf(provider, request);
  const proof = await validateDpop(provider, ctx, accessToken);
  if (!proof) throw new TypeError('oidc-provider found no DPoP proof');
  return {
    thumbprint: proof.thumbprint,
    useUp: (error) => checkDpopReplay(provider, ctx, proof, client.clientId, error),
  };
}

/** All that oidc-provider's functions read of a context. */
function contextOf(provider: Provider, { client, method, url, jwt, setHeader }: ProvenRequest) {
  return {
    method,
    oidc: { provider, client, urlFor: () => url },
    get: () => jwt,
    set: setHeader,
    assert(isTrue: boolean, error: Error): void {
      if (!isTrue) throw error;
    },
  } as unknown as KoaContextWithOIDC;
}
