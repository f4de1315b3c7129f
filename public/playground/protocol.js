/**
 * The relying party: OpenID Connect as any browser application would speak it, with oauth4webapi
 * doing the checks. It knows the provider by its issuer alone. What to show of the answers is left
 * to the views.
 */
import * as oauth from './oauth4webapi.js';
import { purposes } from './purposes.js';

/**
 * @typedef {object} Dependencies
 * @property {import('./settings.js').Settings} settings
 * @property {import('./wire.js').Wire} wire
 * @property {oauth.AuthorizationServer} provider
 */

/**
 * @param {Omit<Dependencies, 'provider'>} dependencies
 * @returns {Promise<oauth.AuthorizationServer>} its metadata (OpenID Connect Discovery 1.0 §4)
 */
export async function discoverProvider({ settings, wire }) {
  const issuer = new URL(settings.issuer);
  const options = requestOptions({ settings, wire }, purposes.discovery);
  const response = await oauth.discoveryRequest(issuer, options);
  return oauth.processDiscoveryResponse(issuer, response);
}

/** @param {Dependencies} dependencies */
export function createRelyingParty(dependencies) {
  const { settings, provider } = dependencies;
  /** @type {oauth.Client} */
  const client = { client_id: settings.clientId };
  const authentication = oauth.None();
  /** @param {import('./wire.js').Purpose} purpose */
  const optionsFor = (purpose) => requestOptions(dependencies, purpose);

  return {
    /**
     * Trades the code for tokens and believes none of them before it has checked them (OpenID
     * Connect Core 1.0 §3.1.3).
     *
     * @param {URL} answer the address the browser came back to
     * @param {import('./memory.js').Pending} pending
     */
    async finish(answer, { state, nonce, codeVerifier, maxAgeSeconds }) {
      const parameters = oauth.validateAuthResponse(provider, client, answer, state);
      const response = await oauth.authorizationCodeGrantRequest(
        provider,
        client,
        authentication,
        parameters,
        settings.redirectUri,
        codeVerifier ?? '',
        optionsFor(purposes.code),
      );
      const tokens = await oauth.processAuthorizationCodeResponse(provider, client, response, {
        requireIdToken: true,
        ...(nonce === undefined ? {} : { expectedNonce: nonce }),
        ...(maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds }),
      });
      await oauth.validateApplicationLevelSignature(provider, response, optionsFor(purposes.keys));
      return tokens;
    },

    /**
     * @param {string} refreshToken
     * @param {import('./wire.js').Purpose} purpose
     */
    async refresh(refreshToken, purpose = purposes.refresh) {
      const response = await oauth.refreshTokenGrantRequest(
        provider,
        client,
        authentication,
        refreshToken,
        optionsFor(purpose),
      );
      const tokens = await oauth.processRefreshTokenResponse(provider, client, response);
      if (tokens.id_token) {
        await oauth.validateApplicationLevelSignature(
          provider,
          response,
          optionsFor(purposes.keys),
        );
      }
      return tokens;
    },

    /**
     * @param {string} accessToken
     * @param {string} subject as in the ID token; any other is refused (OpenID Connect Core 1.0 §5.3.2)
     */
    async askUserInfo(accessToken, subject) {
      const response = await oauth.userInfoRequest(
        provider,
        client,
        accessToken,
        optionsFor(purposes.userInfo),
      );
      return oauth.processUserInfoResponse(provider, client, subject, response);
    },

    /**
     * @param {string} token
     * @param {'access_token' | 'refresh_token'} kind
     * @param {import('./wire.js').Purpose} purpose
     */
    async introspect(token, kind, purpose = purposes.introspection) {
      const options = { ...optionsFor(purpose), additionalParameters: { token_type_hint: kind } };
      const response = await oauth.introspectionRequest(
        provider,
        client,
        authentication,
        token,
        options,
      );
      return oauth.processIntrospectionResponse(provider, client, response);
    },

    /**
     * @param {string} token
     * @param {'access_token' | 'refresh_token'} kind
     */
    async revoke(token, kind) {
      const options = {
        ...optionsFor(purposes.revocation),
        additionalParameters: { token_type_hint: kind },
      };
      await oauth.processRevocationResponse(
        await oauth.revocationRequest(provider, client, authentication, token, options),
      );
    },
  };
}

/** @typedef {ReturnType<typeof createRelyingParty>} RelyingParty */

/**
 * @param {Omit<Dependencies, 'provider'>} dependencies
 * @param {import('./wire.js').Purpose} purpose
 */
function requestOptions({ settings, wire }, purpose) {
  return {
    [oauth.customFetch]: wire.fetchFor(purpose),
    // On a developer's own machine the issuer may be http; a production server never shows this page.
    [oauth.allowInsecureRequests]: settings.issuer.startsWith('http:'),
  };
}
