// The client that sent a request, and what is bound to the key whose possession it has proved.
import type { Client } from 'oidc-provider';
import type { DpopProof } from '#oidc/patches/handlers/dpop-proof.ts';

/** A client that has authenticated itself, or a public one. */
export interface Authenticated {
  readonly client: Client;
  /**
   * Uses up the assertion, if the client has sent one. Called when nothing else can leave the request to
   * oidc-provider, which would find the assertion used; whatever fails afterwards is final. That includes the
   * DPoP proof, which is used up later, as in oidc-provider: a used proof is refused here, because
   * oidc-provider would refuse the assertion instead.
   * @returns false if the assertion was used before; oidc-provider then refuses the request
   */
  readonly confirm: () => Promise<boolean>;
}

/** A client, and its DPoP proof if the request has one. */
export interface ProvenClient {
  readonly client: Client;
  readonly proof: DpopProof | undefined;
}

/** The client that sent a request. */
export type Caller = Authenticated & ProvenClient;

/**
 * True if it is known here whether the client's tokens are bound to a key, and to which one. oidc-provider
 * handles certificates, and refuses a client that does not send the proof that it must send.
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
