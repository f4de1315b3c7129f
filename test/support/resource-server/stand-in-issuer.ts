// An issuer in memory for tests of the resource server package: metadata, keys, tokens, introspection and
// status lists, without network.
import { deflateSync } from 'node:zlib';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';

export interface StandInAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Members that are `undefined` are left out. */
export type Claims = Readonly<Record<string, unknown>>;

export type StandInIssuer = Awaited<ReturnType<typeof createStandInIssuer>>;

export const audience = 'https://api.example.com';

export async function createStandInIssuer(issuer = 'https://id.example.com') {
  let key = await newKey('first');
  const published: JWK[] = [key.jwk];
  const requests: { readonly url: string; readonly init: RequestInit }[] = [];
  const answers = new Map<string, (init: RequestInit) => StandInAnswer | Promise<StandInAnswer>>();
  const jwksUri = `${issuer}/oauth2/jwks`;

  answers.set(`${issuer}/.well-known/openid-configuration`, () => ({
    body: JSON.stringify({
      issuer,
      jwks_uri: jwksUri,
      introspection_endpoint: `${issuer}/oauth2/introspect`,
    }),
  }));
  answers.set(jwksUri, () => ({ body: JSON.stringify({ keys: published }) }));

  async function sign(claims: Claims, header: Readonly<Record<string, string>> = {}) {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.kid, ...header })
      .sign(key.privateKey);
  }

  return {
    issuer,
    requests,
    /** Replaces the response at a URL. */
    answer: (url: string, make: (init: RequestInit) => StandInAnswer | Promise<StandInAnswer>) =>
      void answers.set(url, make),
    async fetch(url: string, init: RequestInit): Promise<Response> {
      requests.push({ url, init });
      const make = answers.get(url);
      if (!make) return new Response('', { status: 404 });
      const { status = 200, headers = {}, body } = await make(init);
      return new Response(status === 304 ? null : body, { status, headers });
    },
    requestsTo: (end: string) => requests.filter(({ url }) => url.endsWith(end)).length,
    sign,
    /** A valid access token, changed by the claims and the header. */
    accessToken: (claims: Claims = {}, header: Readonly<Record<string, string>> = {}) =>
      sign({ ...usualClaims(issuer), ...claims }, header),
    /** Signs with a new key, which is published if `isPublished`. */
    async rotate(kid: string, { isPublished = true } = {}): Promise<void> {
      key = await newKey(kid);
      if (isPublished) published.push(key.jwk);
    },
    /** A status list with these indexes set; the claims replace its own. */
    async statusList(uri: string, revoked: readonly number[], claims: Claims = {}) {
      const bytes = new Uint8Array(16);
      for (const index of revoked)
        bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7));
      const lst = deflateSync(bytes).toString('base64url');
      const iat = Math.floor(Date.now() / 1000);
      const all = { sub: uri, iat, ttl: 5, status_list: { bits: 1, lst }, ...claims };
      return sign(all, { typ: 'statuslist+jwt' });
    },
  };
}

export function usualClaims(issuer: string): Claims {
  const iat = Math.floor(Date.now() / 1000);
  return {
    iss: issuer,
    aud: audience,
    sub: 'ann',
    client_id: 'tasks',
    jti: crypto.randomUUID(),
    iat,
    exp: iat + 300,
    scope: 'tasks:read tasks:write',
  };
}

async function newKey(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' };
  return { kid, privateKey, jwk };
}
