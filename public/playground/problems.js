/** Turns protocol errors and failures into words that help the person in front of the page. */

/** @typedef {'page' | 'access-token' | 'family'} Place where on the page a notice belongs */

/** @typedef {{ kind: 'good' | 'bad' | 'plain', title: string, text: string, code?: string }} Notice */
/** @typedef {Partial<Record<Place, Notice>>} Notices */

/** @type {Readonly<Record<string, readonly [title: string, text: string]>>} */
const sentences = {
  access_denied: [
    'You said no',
    'The provider told this app nothing about you. Try again whenever you like.',
  ],
  login_required: [
    'Nobody is signed in',
    'The provider would have had to show its sign-in page, and prompt=none forbids that. This is the right answer, not a fault.',
  ],
  consent_required: [
    'Consent is missing',
    'You are signed in, but have not yet allowed this app to know what it asks for, and prompt=none forbids asking you.',
  ],
  interaction_required: [
    'The provider needs you',
    'It would have had to show a page, and prompt=none forbids that.',
  ],
  account_selection_required: [
    'Which account?',
    'The provider would have had to ask, and prompt=none forbids that.',
  ],
  unmet_authentication_requirements: [
    'Not strong enough',
    'The sign-in did not reach the strength that was asked for.',
  ],
  invalid_request: [
    'The request was malformed',
    'The provider could not accept it as it was. The time line shows what was sent.',
  ],
  invalid_scope: [
    'A scope was refused',
    'The provider does not know it, or this app may not have it.',
  ],
  invalid_client: [
    'The app is not known',
    'No client called playground is registered, or it was disabled.',
  ],
  unauthorized_client: [
    'The app may not do this',
    'Its registration does not allow this kind of request.',
  ],
  invalid_grant: [
    'That is no longer good',
    'The code or refresh token is spent, expired, revoked, or belongs to someone else. The provider does not say which.',
  ],
  invalid_token: [
    'The access token is no longer good',
    'It expired or was revoked. A refresh gets a new one, as long as the grant lives.',
  ],
  insufficient_scope: ['The token does not allow this', 'Sign in again and ask for more scopes.'],
  server_error: ['The provider stumbled', 'It met a fault of its own. Its log says more.'],
  temporarily_unavailable: ['The provider is busy', 'Wait a moment, then try again.'],
};

/**
 * @param {unknown} error whatever was thrown on the way
 * @returns {Notice}
 */
export function explainProblem(error) {
  const code = readCode(error);
  const known = code !== undefined && Object.hasOwn(sentences, code);
  const sentence = known ? sentences[code] : undefined;
  if (code !== undefined && sentence) {
    const harmless = code === 'access_denied' || code.endsWith('_required');
    return {
      kind: harmless ? 'plain' : 'bad',
      title: sentence[0],
      text: sentence[1],
      code: describeCode(error, code),
    };
  }
  const text = error instanceof Error ? error.message : String(error);
  return {
    kind: 'bad',
    title: 'That did not work',
    text: `${capitalise(text)}.`,
    ...(code ? { code } : {}),
  };
}

/**
 * The OAuth error word, wherever the library put it: in the body, in the address, or in the
 * challenge.
 *
 * @param {unknown} error
 * @returns {string | undefined}
 */
export function readCode(error) {
  if (!(error instanceof Error)) return undefined;
  if ('error' in error && typeof error.error === 'string') return error.error;
  const challenge = Array.isArray(error.cause) ? error.cause[0] : undefined;
  const code = challenge?.parameters?.error;
  return typeof code === 'string' ? code : undefined;
}

/**
 * @param {unknown} error
 * @param {string} code
 */
function describeCode(error, code) {
  if (!(error instanceof Error) || !('error_description' in error)) return code;
  return typeof error.error_description === 'string' ? `${code}: ${error.error_description}` : code;
}

/** @param {string} text */
function capitalise(text) {
  const trimmed = text.replace(/[.\s]+$/u, '');
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
}
