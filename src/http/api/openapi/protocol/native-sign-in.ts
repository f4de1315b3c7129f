// The authorization challenge endpoint (draft-ietf-oauth-first-party-apps).
import {
  about,
  always,
  formsOf,
  jsonOf,
  oauthError,
  object,
  operation,
  text,
  texts,
  uri,
  whole,
  type Members,
} from './operation.ts';

const startMembers: Members = {
  'client_id!': text,
  'scope!': about(text, 'The scopes, separated by spaces.'),
  'code_challenge!': about(text, 'S256 of the code verifier.'),
  'code_challenge_method!': always('S256'),
  redirect_uri: uri,
  resource: about(uri, 'The audience of the access token (RFC 8707).'),
  nonce: text,
  acr_values: text,
  claims: about(text, 'A JSON object (OpenID Connect Core §5.5).'),
  login_hint: text,
  ui_locales: text,
  authorization_details: about(text, 'A JSON array (RFC 9396).'),
  organization: text,
};

const stepMembers: Members = {
  'client_id!': text,
  'auth_session!': about(text, 'From the response before; valid once.'),
  'method!': { type: 'string', enum: ['password', 'passkey', 'email', 'email_code', 'otp'] },
  username: about(text, 'For password and email: the email address.'),
  password: text,
  code: about(text, 'For email_code and otp: what the user typed.'),
  passkey_response: about(text, 'For passkey: the PublicKeyCredential as JSON (WebAuthn §5.8.3).'),
};

const start = {
  members: startMembers,
  example: {
    client_id: 'calendar',
    scope: 'openid email',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  },
};

const step = {
  members: stepMembers,
  example: {
    client_id: 'calendar',
    auth_session: 'k9Xq2mX4W1v6sK9tQyB3nC5dE7gH0jL2pR4uV8wYabc',
    method: 'password',
    username: 'ann@example.com',
    password: 'correct horse battery staple',
  },
};

const refused = object({
  'error!': {
    type: 'string',
    enum: [
      'insufficient_authorization',
      'redirect_to_web',
      'invalid_session',
      'access_denied',
      'invalid_request',
      'invalid_scope',
      'unauthorized_client',
      'invalid_dpop_proof',
      'use_dpop_nonce',
    ],
  },
  error_description: text,
  auth_session: about(text, 'For the next request.'),
  expires_in: whole,
  methods: about(texts, 'The methods that the next request may use.'),
  passkey: about(
    { type: 'object' },
    'PublicKeyCredentialRequestOptions as JSON (WebAuthn §5.1.10).',
  ),
  reason: about(text, 'Why the last attempt was refused.'),
  request_uri: about(text, 'With redirect_to_web: for the authorization endpoint, in a browser.'),
});

export const nativeSignInPaths = {
  '/oauth2/authorize-challenge': {
    post: operation({
      operationId: 'challengeAuthorization',
      summary:
        'Sign a user in on the pages of a listed app, if NATIVE_SIGN_IN is on (draft-ietf-oauth-first-party-apps).',
      requestBody: formsOf({ start, step }),
      responses: {
        200: jsonOf(object({ 'authorization_code!': text }), 'The user is signed in.'),
        400: jsonOf(refused, 'The user has to prove more, or the request is refused.'),
        404: oauthError('NATIVE_SIGN_IN is off.', 'invalid_request'),
        429: jsonOf(refused, 'The user has to wait; see Retry-After.'),
      },
    }),
  },
};
