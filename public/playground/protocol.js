/**
 * The relying party: OpenID Connect as in any browser application. oauth4webapi verifies the
 * responses. The issuer is all that it knows of the provider; the views show the responses.
 */
import * as oauth from './oauth4webapi.js';
import { purposes } from './purposes.js';

/**
 * @typedef {object} Dependencies
 * @property {import('./settings.js').Settings} settings
 * @property {import('./exchange-log.js').ExchangeLog} exchangeLog
 * @property {oauth.AuthorizationServer} provider
 */

/**
 * @param {Omit<Dependencies, 'provider'>} dependencies
 * @returns {Promise<oauth.AuthorizationServer>} its metadata (OpenID Connect Discovery 1.0 §4)
 */
export async function discoverProvider({ settings, exchangeLog }) {
  const issuer = new URL(settings.issuer);
  const options = requestOptions({ settings, exchangeLog }, purposes.discovery);
  const response = await oauth.discoveryRequest(issuer, options);
  return oauth.processDiscoveryResponse(issuer, response);
}

/** @param {Dependencies} dependencies */
export function createRelyingParty(dependencies) {
  const { settings, provider } = dependencies;
  /** @type {oauth.Client} */
  const client = { client_id: settings.clientId };
  const authentication = oauth.None();
  /** @param {import('./exchange-log.js').Purpose} purpose */
  const optionsFor = (purpose) => requestOptions(dependencies, purpose);

  return {
    /**
     * Exchanges the code for tokens and verifies them (OpenID Connect Core 1.0 §3.1.3).
     *
     * @param {URL} authorizationResponse the URL to which the browser was redirected
     * @param {import('./memory.js').Pending} pending
     */
    async finish(authorizationResponse, { state, nonce, codeVerifier, maxAgeSeconds }) {
      const parameters = oauth.validateAuthResponse(provider, client, authorizationResponse, state);
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
     * @param {import('./exchange-log.js').Purpose} purpose
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
    async requestUserInfo(accessToken, subject) {
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
     * @param {import('./exchange-log.js').Purpose} purpose
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
 * @param {import('./exchange-log.js').Purpose} purpose
 */
function requestOptions({ settings, exchangeLog }, purpose) {
  return {
    [oauth.customFetch]: exchangeLog.fetchFor(purpose),
    // In development the issuer may use http; in production this page does not exist.
    [oauth.allowInsecureRequests]: settings.issuer.startsWith('http:'),
  };
}
