// Assertions of a client that authenticates with a key (RFC 7523 §3). Each is accepted once, so the load
// generator signs one for every request.
import { createPrivateKey, randomUUID, sign, type JsonWebKey } from 'node:crypto';

export interface AssertionSigner {
  readonly clientId: string;
  readonly issuer: string;
  /** A private key for ES256. */
  readonly key: JsonWebKey;
}

/** The parameters of a request. */
export function assertionOf({ clientId, issuer, key: jwk }: AssertionSigner) {
  const now = Math.floor(Date.now() / 1000);
  const names = { iss: clientId, sub: clientId, aud: issuer, jti: randomUUID() };
  const input = `${encode({ alg: 'ES256' })}.${encode({ ...names, iat: now, exp: now + 60 })}`;
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: `${input}.${signature.toString('base64url')}`,
  };
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
