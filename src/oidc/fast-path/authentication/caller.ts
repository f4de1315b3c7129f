// Who sent a request, and what is bound to the key that the client has proved to have.
import type { Client } from 'oidc-provider';
import type { DpopProof } from '#oidc/patches/handlers/dpop-proof.ts';

/** A client that has authenticated itself, or a public one. */
export interface Authenticated {
  readonly client: Client;
  /**
   * Uses up what the client has authenticated itself with. Called after everything that could still leave
   * the request to oidc-provider, which would find it used; what follows must be final. That includes the
   * use of the proof, which comes afterwards as in oidc-provider: a used proof is then refused here, with
   * its error, because oidc-provider would refuse the assertion instead.
   * @returns false if it was used before: oidc-provider refuses the request
   */
  readonly confirm: () => Promise<boolean>;
}

/** A client, and its proof that it has a key, if the request has one. */
export interface ProvenClient {
  readonly client: Client;
  readonly proof: DpopProof | undefined;
}

/** The client that sent a request. */
export type Caller = Authenticated & ProvenClient;

/**
 * Whether it is known here to which key the tokens of the client are bound, if they are. oidc-provider
 * decides for certificates, and refuses a client without the proof that it must send.
 */
export function isBindingKnown({ client, proof }: ProvenClient): boolean {
  const needsProof = client.dpopBoundAccessTokens === true;
  return (
    client.tlsClientCertificateBoundAccessTokens !== true && (!needsProof || proof !== undefined)
  );
}

/** The type of an access token that is bound to the key of the proof (RFC 9449 §5). */
export const tokenTypeOf = (proof: DpopProof | undefined): 'DPoP' | 'Bearer' =>
  proof ? 'DPoP' : 'Bearer';

/** The claim of a JWT that is bound to the key with the thumbprint (RFC 9449 §6.1). */
export const confirmationOf = (jkt: string | undefined) => (jkt === undefined ? jkt : { jkt });
