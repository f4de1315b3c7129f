// Assertions of a client that authenticates with a key (RFC 7523 §3), and DPoP proofs with the same key (RFC
// 9449 §4). Each is accepted once, so the load generator signs one for every request.
import type { JsonWebKey } from 'node:crypto';
import { assertionType, signAssertion, signClaims } from '#test/support/fast-path/assertions.ts';

export interface AssertionSigner {
  readonly clientId: string;
  readonly issuer: string;
  /** A private key for ES256. */
  readonly key: JsonWebKey;
}

/** The parameters of a request. */
export function assertionOf({ clientId, issuer, key }: AssertionSigner) {
  const claims = { iss: clientId, sub: clientId, aud: issuer };
  return {
    client_assertion_type: assertionType,
    client_assertion: signAssertion({ key, header: {}, claims }),
  };
}

/** The headers of a POST request to the path. */
export function proofOf({ issuer, key }: AssertionSigner, path: string) {
  const { d: _, ...jwk } = key;
  const claims = { htm: 'POST', htu: `${issuer}${path}` };
  return { dpop: signClaims({ key, header: { typ: 'dpop+jwt', jwk }, claims }) };
}
