/**
 * What the parameters of requests and answers mean, in one line each, and what the scopes ask for.
 */

/** @type {Readonly<Record<string, string>>} */
const meanings = {
  // RFC 6749 §4.1, RFC 7636 §4.3, RFC 9207, OpenID Connect Core 1.0 §3.1.2
  client_id: 'Who is asking.',
  response_type: 'What should come back: a code, never a token in the address bar.',
  redirect_uri: 'Where the answer goes. Compared letter by letter with what is registered.',
  scope: 'What is asked for.',
  state: 'A random value that must come back: the answer belongs to this tab.',
  nonce: 'A random value that must turn up inside the ID token.',
  code_challenge: 'The hash of a secret that stays in this tab (PKCE).',
  code_challenge_method: 'How it was hashed: with SHA-256.',
  prompt: 'What the provider must, or must not, show.',
  max_age: 'How many seconds ago the person may have signed in at most.',
  login_hint: 'Who is likely to sign in.',
  ui_locales: 'Which languages the pages should speak.',
  id_token_hint: 'Whom we believe to be signed in.',
  code: 'Good for one exchange, within a minute or so, and only with the secret of this tab.',
  iss: 'Who answers: guards against a mix-up of two providers.',
  error: 'What went wrong, as a word for machines.',
  error_description: 'What went wrong, for developers.',

  // Token endpoint: RFC 6749 §4.1.3 and §6, RFC 7636 §4.5
  grant_type: 'What is being traded in.',
  code_verifier: 'The secret itself: proves that whoever began also finishes.',
  refresh_token: 'Traded for new tokens; from now on it is spent.',

  // RFC 7662, RFC 7009, OpenID Connect RP-Initiated Logout 1.0
  token: 'The token in question.',
  token_type_hint: 'Which kind it is: only a hint about where to look first.',
  post_logout_redirect_uri: 'Where to go afterwards. Must be registered.',
  Authorization: 'The access token, in the header where it belongs.',
};

/** @type {Readonly<Record<string, string>>} */
const scopeMeanings = {
  openid: 'An ID token: who signed in',
  profile: 'Name, picture, language',
  email: 'E-mail address',
  phone: 'Telephone number',
  address: 'Postal address',
  offline_access: 'To stay signed in after the session',
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
  return meaning ?? 'Whatever the provider means by it';
}
