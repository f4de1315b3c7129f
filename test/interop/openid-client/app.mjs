// openid-client as in its documentation: code flow with PKCE, state and nonce, userinfo, refresh,
// RP-initiated logout.
import * as client from 'openid-client';
import { APP_URL, CLIENT_ID, CLIENT_SECRET, ISSUER, serve } from './serve.mjs';

const options = { execute: [client.allowInsecureRequests] };
const server = new URL(ISSUER);
const config = await client.discovery(server, CLIENT_ID, CLIENT_SECRET, undefined, options);

serve({
  '/': ({ tokens }) => tokens?.claims(),

  async '/sign-in'(session) {
    session.verifier = client.randomPKCECodeVerifier();
    session.state = client.randomState();
    session.nonce = client.randomNonce();
    return client.buildAuthorizationUrl(config, {
      redirect_uri: `${APP_URL}/callback`,
      scope: 'openid profile email',
      state: session.state,
      nonce: session.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(session.verifier),
      code_challenge_method: 'S256',
    });
  },

  async '/callback'(session, url) {
    session.tokens = await client.authorizationCodeGrant(config, url, {
      pkceCodeVerifier: session.verifier,
      expectedState: session.state,
      expectedNonce: session.nonce,
      idTokenExpected: true,
    });
    session.refreshToken = session.tokens.refresh_token;
    return new URL(APP_URL);
  },

  '/userinfo': ({ tokens }) =>
    tokens && client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub),

  async '/refresh'(session) {
    if (!session.tokens) return undefined;
    const before = session.tokens;
    const renewed = await client.refreshTokenGrant(config, session.refreshToken);
    session.refreshToken = renewed.refresh_token ?? session.refreshToken;
    if (renewed.access_token === before.access_token) throw new Error('nothing was renewed');
    session.tokens = renewed;
    return client.fetchUserInfo(config, renewed.access_token, before.claims().sub);
  },

  '/sign-out'(session) {
    const parameters = {
      id_token_hint: session.tokens.id_token,
      post_logout_redirect_uri: `${APP_URL}/`,
    };
    delete session.tokens;
    return client.buildEndSessionUrl(config, parameters);
  },
});
