// A caller of Global Token Revocation that signs its assertions; a test can make any part invalid.
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JWTHeaderParameters } from 'jose';
import type { TestApp } from '#test/support/app.ts';

export const revocationPath = '/oauth2/global-token-revocation';

/** Registers a client with a key and the scope global_token_revocation, changed by the facts. */
export async function aRevocationTool(app: TestApp, facts: Readonly<Record<string, unknown>> = {}) {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const { clientId } = await app.createClient({
    token_endpoint_auth_method: 'private_key_jwt',
    grant_types: [],
    response_types: [],
    redirect_uris: [],
    scope: 'global_token_revocation',
    jwks: { keys: [await exportJWK(publicKey)] },
    ...facts,
  });
  const endpoint = `${app.issuer}${revocationPath}`;

  async function sign(
    claims: Readonly<Record<string, unknown>> = {},
    header: Readonly<Record<string, unknown>> = {},
    key: CryptoKey = privateKey,
  ): Promise<string> {
    const iat = Math.floor(Date.now() / 1000);
    const usual = { iss: clientId, sub: clientId, aud: endpoint, jti: randomUUID() };
    const all = { ...usual, iat, exp: iat + 300, ...claims };
    const protectedHeader: JWTHeaderParameters = { alg: 'ES256', ...header };
    return new SignJWT(JSON.parse(JSON.stringify(all)))
      .setProtectedHeader(protectedHeader)
      .sign(key);
  }

  async function send(assertion: string, body: unknown) {
    const headers = { authorization: `Bearer ${assertion}`, 'content-type': 'application/json' };
    const response = await app.send(endpoint, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  return {
    clientId,
    sign,
    send,
    revoke: async (subject: unknown) => send(await sign(), { sub_id: subject }),
  };
}
