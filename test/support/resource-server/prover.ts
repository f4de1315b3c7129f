// The key of a client that uses DPoP, and its proofs for an API (RFC 9449 §7).
import { createHash, randomUUID } from 'node:crypto';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  SignJWT,
  type JWTHeaderParameters,
} from 'jose';

export async function createProver() {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const { kty, crv, x, y } = await exportJWK(publicKey);
  // The JWK type has more members than an elliptic curve key.
  const jwk = { kty, crv, x, y } as NonNullable<JWTHeaderParameters['jwk']>;
  return {
    thumbprint: await calculateJwkThumbprint(jwk),
    jwk,
    privateKey,
    /** A proof for GET of this URL with the token, changed by the claims and the header. */
    prove(
      url: string,
      token: string,
      claims: Readonly<Record<string, unknown>> = {},
      header: Partial<JWTHeaderParameters> = {},
    ): Promise<string> {
      const ath = createHash('sha256').update(token).digest('base64url');
      const iat = Math.floor(Date.now() / 1000);
      const all = { jti: randomUUID(), htm: 'GET', htu: url, ath, iat, ...claims };
      return new SignJWT(all)
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
        .sign(privateKey);
    },
  };
}

export type Prover = Awaited<ReturnType<typeof createProver>>;
