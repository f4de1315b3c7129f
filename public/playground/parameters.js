/** One-line explanations of the parameters of requests and responses, and of the scopes. */

/** @type {Readonly<Record<string, string>>} */
const meanings = {
  // RFC 6749 §4.1, RFC 7636 §4.3, RFC 9207, OpenID Connect Core 1.0 §3.1.2
  client_id: 'The client that sends the request.',
  response_type: 'What to return: a code, so that no token appears in the address bar.',
  redirect_uri: 'Where the response is sent. It must match a registered URI exactly.',
  scope: 'The access that is requested.',
  state:
    'A random value that the response must repeat, so that it belongs to a request of this tab.',
  nonce: 'A random value that the ID token must contain.',
  code_challenge: 'The hash of a secret that stays in this tab (PKCE).',
  code_challenge_method: 'How the secret was hashed: with SHA-256.',
  prompt: 'Which pages the provider must show, or must not show.',
  max_age: 'The maximum number of seconds since the user signed in.',
  login_hint: 'The user who is expected to sign in.',
  ui_locales: 'The preferred languages of the pages.',
  id_token_hint: 'The user who is expected to be signed in.',
  code: 'Can be exchanged once, within about a minute, and only with the secret of this tab.',
  iss: 'The provider that responds; prevents mix-up attacks between providers.',
  error: 'The error code.',
  error_description: 'A description of the error, for developers.',

  // Token endpoint: RFC 6749 §4.1.3 and §6, RFC 7636 §4.5
  grant_type: 'What is exchanged for tokens.',
  code_verifier:
    'The secret itself: proves that the request comes from the tab that started the sign-in.',
  refresh_token: 'Exchanged for new tokens; it can be used only once.',

  // RFC 7662, RFC 7009, OpenID Connect RP-Initiated Logout 1.0
  token: 'The token that the request is about.',
  token_type_hint: 'The kind of token: a hint that speeds up the lookup.',
  post_logout_redirect_uri: 'Where to redirect afterwards. It must be registered.',
  Authorization: 'The access token, sent in the Authorization header.',
};

/** @type {Readonly<Record<string, string>>} */
const scopeMeanings = {
  openid: 'An ID token that identifies the user',
  profile: 'Name, picture, language',
  email: 'Email address',
  phone: 'Phone number',
  address: 'Postal address',
  offline_access: 'A refresh token that outlives the session',
};

/**
 * @param {string} name
 * @returns {string | undefined}
 */
export function explainParameter(name) {
  return Object.hasOwn(meanings, name) ? meanings[name] : undefined;
}

/**
 * @param {string} scope
 * @returns {string}
 */
export function explainScope(scope) {
  const meaning = Object.hasOwn(scopeMeanings, scope) ? scopeMeanings[scope] : undefined;
  return meaning ?? 'Defined by the provider';
}
