// DPoP proofs of a client at the token and PAR endpoints (RFC 9449).
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Send } from '#test/support/actors/http-client.ts';

/**
 * Like `send`, but adds a DPoP proof to every POST request to the token and PAR endpoints.
 * @param more claims of the proofs, such as a nonce
 */
export async function createProvingSend(
  send: Send,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Send> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const { kty, crv, x, y } = await exportJWK(publicKey);
  const header = { alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } };

  async function prove(url: URL): Promise<string> {
    const htu = `${url.origin}${url.pathname}`;
    const claims = { jti: randomUUID(), htm: 'POST', htu, ...more };
    // The JWK type has more members than an elliptic curve key.
    return new SignJWT(claims)
      .setProtectedHeader(header as Parameters<SignJWT['setProtectedHeader']>[0])
      .setIssuedAt()
      .sign(privateKey);
  }

  return async (address, request = {}) => {
    const url = new URL(address);
    const isProved = request.method === 'POST' && /\/oauth2\/(?:token|par)$/.test(url.pathname);
    if (!isProved) return send(url, request);
    return send(url, { ...request, headers: { ...request.headers, dpop: await prove(url) } });
  };
}
