// A relying party that signs its authorization requests (RFC 9101), and parts of such requests.
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import type { TestApp } from '#test/support/app.ts';
import type { Pending, RelyingParty } from '#test/support/actors/relying-party.ts';

export type Claims = Readonly<Record<string, unknown>>;

interface SigningFacts {
  readonly alg?: string;
  readonly [member: string]: unknown;
}

export async function aSigningClient(
  app: Pick<TestApp, 'relyingParty'>,
  { alg = 'ES256', ...facts }: SigningFacts = {},
) {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg, use: 'sig' }] };
  const rp = await app.relyingParty({ auth: 'client_secret_basic', jwks, ...facts });
  return {
    rp,
    sign: (claims: Claims, header: Claims = {}) => signed(claims, privateKey, { alg, ...header }),
  };
}

/** The parameters of the authorization request and the claims that a request object requires. */
export function claimsOf(rp: RelyingParty, { url }: Pending): Claims {
  return {
    ...Object.fromEntries(url.searchParams),
    iss: rp.app.clientId,
    aud: rp.issuer,
    nbf: seconds() - 5,
    exp: seconds() + 300,
  };
}

export function signed(claims: Claims, key: CryptoKey, header: Claims & { alg: string }) {
  return new SignJWT(clean(claims)).setProtectedHeader(header).sign(key);
}

/** The URL with the parameters that are required outside the request object (OIDC Core §6.1). */
export function short(rp: RelyingParty, request: string | undefined): URL {
  const url = new URL(rp.as.authorization_endpoint ?? '');
  const outside = { client_id: rp.app.clientId, response_type: 'code', scope: 'openid' };
  url.search = String(new URLSearchParams({ ...outside, ...(request ? { request } : {}) }));
  return url;
}

export function clean(claims: Claims): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

export function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
