/**
 * Builds the URLs to which the browser is redirected: for a sign-in, a check with prompt=none and
 * signing out.
 */
import * as oauth from './oauth4webapi.js';

/** @typedef {import('./memory.js').Choices} Choices */
/** @typedef {import('./memory.js').Pending} Pending */
/** @typedef {import('./settings.js').Settings} Settings */

/**
 * The parameters of an authorization request that depend only on the choices; `begin` adds the
 * random ones.
 *
 * @param {Settings} settings
 * @param {Choices} choices
 * @returns {Record<string, string>}
 */
export function describeRequest({ clientId, redirectUri }, choices) {
  const { scopes, maxAge, loginHint, uiLocales } = choices;
  const prompt = choosePrompt(choices);
  return {
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    ...(prompt === '' ? {} : { prompt }),
    ...(maxAge === '' ? {} : { max_age: maxAge }),
    ...(loginHint === '' ? {} : { login_hint: loginHint }),
    ...(uiLocales === '' ? {} : { ui_locales: uiLocales }),
  };
}

/**
 * A provider must ignore offline_access unless the user is asked (OpenID Connect Core 1.0 §11).
 *
 * @param {Choices} choices
 * @returns {string}
 */
export function choosePrompt({ prompt, scopes }) {
  if (!scopes.includes('offline_access') || prompt === 'none' || prompt === 'consent')
    return prompt;
  return `${prompt} consent`.trim();
}

/**
 * Adds the values that must be new for each request: state, nonce and the PKCE challenge (RFC 7636, RFC 9700 §2.1).
 *
 * @param {oauth.AuthorizationServer} provider
 * @param {Record<string, string>} parameters
 * @param {'sign-in' | 'check'} purpose
 * @returns {Promise<{ address: URL, pending: Pending }>}
 */
export async function begin(provider, parameters, purpose) {
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const codeVerifier = oauth.generateRandomCodeVerifier();
  const address = new URL(provider.authorization_endpoint ?? '');
  const all = {
    ...parameters,
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(all)) address.searchParams.set(name, value);
  const maxAge = parameters.max_age;
  const pending = { purpose, state, nonce, codeVerifier };
  return {
    address,
    pending: maxAge === undefined ? pending : { ...pending, maxAgeSeconds: Number(maxAge) },
  };
}

/**
 * A request with prompt=none. If a user is signed in here, it only asks whether the session at the
 * provider still exists.
 *
 * @param {Settings} settings
 * @param {Pick<import('./memory.js').State, 'session' | 'choices'>} state
 * @returns {Record<string, string>}
 */
export function describeCheck(settings, { session, choices }) {
  const known = session?.signedOutAt === undefined ? session?.idToken : undefined;
  if (known === undefined) {
    const scopes = choices.scopes.filter((scope) => scope !== 'offline_access');
    return describeRequest(settings, { ...choices, scopes, prompt: 'none' });
  }
  const minimal = { scopes: ['openid'], prompt: 'none', maxAge: '', loginHint: '', uiLocales: '' };
  return { ...describeRequest(settings, minimal), id_token_hint: known };
}

/**
 * OpenID Connect RP-Initiated Logout 1.0 §2.
 *
 * @param {oauth.AuthorizationServer} provider
 * @param {Settings} settings
 * @param {string} idToken
 * @returns {{ address: URL, pending: Pending }}
 */
export function beginSignOut(provider, { clientId, redirectUri }, idToken) {
  const state = oauth.generateRandomState();
  const address = new URL(provider.end_session_endpoint ?? '');
  address.searchParams.set('id_token_hint', idToken);
  address.searchParams.set('client_id', clientId);
  address.searchParams.set('post_logout_redirect_uri', redirectUri);
  address.searchParams.set('state', state);
  return { address, pending: { purpose: 'sign-out', state } };
}
