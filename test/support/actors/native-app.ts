// An installed app that signs users in on its own pages (draft-ietf-oauth-first-party-apps): it validates
// discovery and tokens with oauth4webapi, and proves each request with the key of its installation.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import type { Nodes } from '#test/support/faults/nodes.ts';
import type { Send } from './http-client.ts';
import {
  answerOf,
  discover,
  transport,
  type Answer,
  type AppIdentity,
} from './relying-party-types.ts';

export const nativeClient = {
  profile: 'native',
  first_party: true,
  first_party_native: true,
  dpop_bound_access_tokens: true,
  redirect_uris: ['com.example.app:/callback'],
} as const;

export type Fields = Readonly<Record<string, string>>;

export type NativeApp = Awaited<ReturnType<typeof createNativeApp>>;

/** An installation of the app, with a key of its own. */
export async function createNativeApp(nodes: Nodes, app: AppIdentity) {
  const { issuer } = nodes;
  const first = nodes.at(0).send;
  const as = await discover(issuer, first);
  const client: oauth.Client = {
    client_id: app.clientId,
    id_token_signed_response_alg: 'ES256',
    [oauth.clockTolerance]: 5,
  };
  const pair = await oauth.generateKeyPair('ES256', { extractable: true });
  const verifier = oauth.generateRandomCodeVerifier();
  const endpoint = `${issuer}/oauth2/authorize-challenge`;
  assert.equal(as['authorization_challenge_endpoint'], endpoint);
  const { kty, crv, x, y } = await exportJWK(pair.publicKey);

  async function prove(htu: string): Promise<string> {
    const header = { alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } };
    // The JWK type has more members than an elliptic curve key.
    return new SignJWT({ jti: randomUUID(), htm: 'POST', htu })
      .setProtectedHeader(header as Parameters<SignJWT['setProtectedHeader']>[0])
      .setIssuedAt()
      .sign(pair.privateKey);
  }

  async function post(
    fields: Fields,
    { send = first, dpop }: { readonly send?: Send; readonly dpop?: string } = {},
  ): Promise<Answer> {
    const proof = dpop ?? (await prove(endpoint));
    const body = new URLSearchParams({ client_id: app.clientId, ...fields });
    return answerOf(await send(endpoint, { method: 'POST', headers: { dpop: proof }, body }));
  }

  /** A request to the token endpoint of the second node. */
  async function request(grantType: string, parameters: Fields): Promise<Response> {
    const options = { ...transport(nodes.at(1).send), DPoP: oauth.DPoP(client, pair) };
    const auth = oauth.None();
    return oauth.genericTokenEndpointRequest(as, client, auth, grantType, parameters, options);
  }

  const redeem = async (code: string, more: Fields = {}): Promise<Response> =>
    request('authorization_code', { code, code_verifier: verifier, ...more });

  async function accept(response: Response) {
    const tokens = await oauth.processGenericTokenEndpointResponse(as, client, response);
    await oauth.validateApplicationLevelSignature(as, response, transport(first));
    const { device_secret: secret, issued_token_type: issuedTokenType } = tokens;
    const claims = oauth.getValidatedIdTokenClaims(tokens);
    const deviceSecret = typeof secret === 'string' ? secret : undefined;
    return { ...tokens, claims, deviceSecret, issuedTokenType };
  }

  return {
    as,
    client,
    identity: app,
    keys: pair,
    verifier,
    prove,
    post,
    redeem,
    /** The first request of a sign-in; the fields change it. */
    begin: async (fields: Fields = {}, options: { readonly send?: Send } = {}) =>
      post(
        {
          scope: 'openid email',
          code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          ...fields,
        },
        options,
      ),
    /** The next request, with the `auth_session` of the answer before it. */
    next: (before: Answer, fields: Fields, options: { readonly send?: Send } = {}) =>
      post({ auth_session: String(before.body['auth_session']), ...fields }, options),
    accept,
    request,
    tokensOf: async (answer: Answer) =>
      accept(await redeem(String(answer.body['authorization_code']))),
    async userinfo(accessToken: string, sub: string) {
      const options = { ...transport(first), DPoP: oauth.DPoP(client, pair) };
      const response = await oauth.userInfoRequest(as, client, accessToken, options);
      return oauth.processUserInfoResponse(as, client, sub, response);
    },
  };
}
