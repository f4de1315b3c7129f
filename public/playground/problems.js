/** Explains protocol errors and failures. */

/** @typedef {'page' | 'access-token' | 'family'} NoticeArea the part of the page that shows a notice */

/** @typedef {{ kind: 'good' | 'bad' | 'plain', title: string, text: string, code?: string }} Notice */
/** @typedef {Partial<Record<NoticeArea, Notice>>} Notices */

/** @type {Readonly<Record<string, readonly [title: string, text: string]>>} */
const sentences = {
  access_denied: [
    'Access denied',
    'The provider gave this app no access. You can try again at any time.',
  ],
  login_required: [
    'Not signed in',
    'The provider would have to show its sign-in page, which prompt=none does not allow. This is the expected response.',
  ],
  consent_required: [
    'Consent is required',
    'You are signed in but have not allowed this access yet, and prompt=none does not allow the provider to ask.',
  ],
  interaction_required: [
    'Interaction is required',
    'The provider would have to show a page, which prompt=none does not allow.',
  ],
  account_selection_required: [
    'Account selection is required',
    'The provider would have to ask for the account, which prompt=none does not allow.',
  ],
  unmet_authentication_requirements: [
    'Authentication requirements not met',
    'The sign-in did not meet the requested authentication context.',
  ],
  invalid_request: [
    'Invalid request',
    'The provider refused the request. The timeline shows what was sent.',
  ],
  invalid_scope: ['Invalid scope', 'The scope is unknown, or this app may not request it.'],
  invalid_client: ['Unknown client', 'The client “playground” is not registered or is blocked.'],
  unauthorized_client: [
    'Unauthorized client',
    'The registration of the client does not allow this kind of request.',
  ],
  invalid_grant: [
    'Invalid grant',
    'The code or refresh token was used, has expired, was revoked or belongs to another client. The provider does not say which.',
  ],
  invalid_token: [
    'The access token is invalid',
    'It has expired or was revoked. A refresh returns a new one as long as the grant exists.',
  ],
  insufficient_scope: ['Insufficient scope', 'Sign in again and request more scopes.'],
  server_error: ['Server error', 'The provider failed. See its log for details.'],
  temporarily_unavailable: ['Temporarily unavailable', 'Wait a moment, then try again.'],
};

/**
 * @param {unknown} error the value that was thrown
 * @returns {Notice}
 */
export function explainProblem(error) {
  const code = readCode(error);
  const known = code !== undefined && Object.hasOwn(sentences, code);
  const sentence = known ? sentences[code] : undefined;
  if (code !== undefined && sentence) {
    const isExpected = code === 'access_denied' || code.endsWith('_required');
    return {
      kind: isExpected ? 'plain' : 'bad',
      title: sentence[0],
      text: sentence[1],
      code: describeCode(error, code),
    };
  }
  const text = error instanceof Error ? error.message : String(error);
  return {
    kind: 'bad',
    title: 'The request failed',
    text: `${capitalise(text)}.`,
    ...(code ? { code } : {}),
  };
}

/**
 * The OAuth error code, which the library provides from the body, the URL or the challenge.
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
