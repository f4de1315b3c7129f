// A client that authenticates with JWT assertions (RFC 7523), whose claims a test can change.
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import type { TestApp } from '#test/support/app.ts';
import type { AppFacts } from '#test/support/data/registrations.ts';
import type { Answer, RelyingParty } from './relying-party.ts';

/** Claims that replace the usual ones; `undefined` omits a claim. */
export type Invalidation = { readonly [Name in keyof JWTPayload]?: JWTPayload[Name] | undefined };

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Registers a client with a key; returns functions that create and send its assertions. */
export async function anAssertingApp(app: TestApp, facts: AppFacts = {}) {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const rp: RelyingParty = await app.relyingParty({
    token_endpoint_auth_method: 'private_key_jwt',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    jwks: { keys: [{ ...(await exportJWK(publicKey)), use: 'sig' }] },
    ...facts,
  });
  const { clientId } = rp.app;

  function claims(overrides: Invalidation = {}): JWTPayload {
    const now = Math.floor(Date.now() / 1000);
    const usual = { iss: clientId, sub: clientId, aud: app.issuer, jti: crypto.randomUUID() };
    const all = { ...usual, iat: now, exp: now + 60, ...overrides };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  }

  return {
    publicKey,
    privateKey,
    claims,
    assertion: (overrides?: Invalidation) =>
      new SignJWT(claims(overrides)).setProtectedHeader({ alg: 'ES256' }).sign(privateKey),
    send: (client_assertion: string): Promise<Answer> =>
      rp.token({
        grant_type: 'client_credentials',
        client_id: undefined,
        client_assertion,
        client_assertion_type: assertionType,
      }),
  };
}
