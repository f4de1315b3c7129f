// oauth4webapi as in its examples: each request and each check is a separate call.
import * as oauth from 'oauth4webapi';
import { APP_URL, CLIENT_ID, CLIENT_SECRET, ISSUER, serve } from './serve.mjs';

const options = { [oauth.allowInsecureRequests]: true };
const issuer = new URL(ISSUER);
const server = await oauth
  .discoveryRequest(issuer, options)
  .then((response) => oauth.processDiscoveryResponse(issuer, response));
const client = { client_id: CLIENT_ID };
const authentication = oauth.ClientSecretBasic(CLIENT_SECRET);

async function userinfo({ accessToken, claims }) {
  const response = await oauth.userInfoRequest(server, client, accessToken, options);
  return oauth.processUserInfoResponse(server, client, claims.sub, response);
}

serve({
  '/': ({ claims }) => claims,

  async '/sign-in'(session) {
    session.verifier = oauth.generateRandomCodeVerifier();
    session.state = oauth.generateRandomState();
    session.nonce = oauth.generateRandomNonce();
    const url = new URL(server.authorization_endpoint);
    url.search = new URLSearchParams({
      client_id: CLIENT_ID,
      redirect_uri: `${APP_URL}/callback`,
      response_type: 'code',
      scope: 'openid profile email',
      state: session.state,
      nonce: session.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(session.verifier),
      code_challenge_method: 'S256',
    });
    return url;
  },

  async '/callback'(session, url) {
    const parameters = oauth.validateAuthResponse(server, client, url, session.state);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      parameters,
      `${APP_URL}/callback`,
      session.verifier,
      options,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: session.nonce,
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(server, response, options);
    session.claims = oauth.getValidatedIdTokenClaims(tokens);
    session.idToken = tokens.id_token;
    session.accessToken = tokens.access_token;
    session.refreshToken = tokens.refresh_token;
    return new URL(APP_URL);
  },

  '/userinfo': (session) => session.claims && userinfo(session),

  async '/refresh'(session) {
    const before = session.accessToken;
    const response = await oauth.refreshTokenGrantRequest(
      server,
      client,
      authentication,
      session.refreshToken,
      options,
    );
    const tokens = await oauth.processRefreshTokenResponse(server, client, response);
    if (tokens.access_token === before) throw new Error('nothing was renewed');
    session.accessToken = tokens.access_token;
    session.refreshToken = tokens.refresh_token ?? session.refreshToken;
    return userinfo(session);
  },

  '/sign-out'(session) {
    const url = new URL(server.end_session_endpoint);
    url.search = new URLSearchParams({
      id_token_hint: session.idToken,
      post_logout_redirect_uri: `${APP_URL}/`,
    });
    delete session.claims;
    return url;
  },
});
