// Endpoints to which browsers are redirected, and the pushed authorization request.
import {
  about,
  always,
  clientAuthentication,
  formOf,
  jsonOf,
  oauthError,
  object,
  operation,
  page,
  queryOf,
  redirect,
  text,
  uri,
  whole,
  type Members,
} from './operation.ts';

/** RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1, RFC 7636, RFC 8707. */
const request: Members = {
  response_type: always('code'),
  redirect_uri: about(uri, 'Exactly one of the registered URIs.'),
  scope: about(text, 'The scopes, separated by spaces.'),
  state: text,
  nonce: text,
  code_challenge: about(text, 'S256 of the code verifier.'),
  code_challenge_method: always('S256'),
  resource: about(uri, 'The audience of the access token (RFC 8707).'),
  prompt: about(text, 'none, login, consent, select_account or create.'),
  max_age: whole,
  login_hint: text,
  id_token_hint: text,
  ui_locales: text,
  acr_values: text,
  claims: about(text, 'A JSON object (OpenID Connect Core §5.5).'),
  response_mode: about(
    text,
    'query, fragment, form_post; signed: jwt, query.jwt, fragment.jwt, form_post.jwt (JARM).',
  ),
  request: about(text, 'A signed request object (RFC 9101).'),
  authorization_details: about(text, 'A JSON array (RFC 9396).'),
  organization: about(text, 'The id or name of the organization to sign in for.'),
  dpop_jkt: about(text, 'Thumbprint of the DPoP key (RFC 9449 §10).'),
};

const authorize: Members = {
  'client_id!': text,
  request_uri: about(text, 'From a pushed authorization request; then only client_id is needed.'),
  ...request,
};

const authorizeResponses = {
  200: page('The page for consent or an error, or a form that posts the response.'),
  302: redirect(302, 'back to the client, with code, state and iss or with an error.'),
  303: redirect(303, 'to the sign-in page, or back to the client.'),
  400: page('The client or its redirect URI is invalid, so the error is shown to the user.'),
  401: page('The request object of the client is invalid.'),
};

const logout: Members = {
  id_token_hint: text,
  client_id: text,
  post_logout_redirect_uri: uri,
  state: text,
  logout_hint: text,
  ui_locales: text,
};

const logoutResponses = {
  200: page('Asks the user to confirm the sign-out, or says that it is done.'),
  302: redirect(302, 'to the client, or to the page that says that it is done.'),
  303: redirect(303, 'to the client, or to the page that says that it is done.'),
  400: page('The request is invalid.'),
};

export const authorizationPaths = {
  '/oauth2/authorize': {
    get: operation({
      operationId: 'authorize',
      summary: 'Sign a user in and ask for consent; the answer goes to the redirect URI.',
      parameters: queryOf(authorize),
      responses: authorizeResponses,
    }),
    post: operation({
      operationId: 'authorizeByForm',
      summary: 'The same, for requests that are too long for a URL.',
      requestBody: formOf(authorize),
      responses: authorizeResponses,
    }),
  },
  '/oauth2/par': {
    post: operation({
      operationId: 'pushAuthorizationRequest',
      summary: 'Store an authorization request for a minute (RFC 9126).',
      security: clientAuthentication,
      requestBody: formOf({ client_id: text, ...request }),
      responses: {
        201: jsonOf(object({ 'request_uri!': text, 'expires_in!': whole }), 'Stored.'),
        400: oauthError(
          'The request is invalid.',
          'invalid_request',
          'invalid_scope',
          'invalid_target',
        ),
        401: oauthError('The client could not be authenticated.', 'invalid_client'),
      },
    }),
  },
  '/oauth2/device_authorization': {
    post: operation({
      operationId: 'authorizeDevice',
      summary: 'Start the sign-in of a device without a browser (RFC 8628).',
      security: clientAuthentication,
      requestBody: formOf({
        'client_id!': text,
        scope: text,
        resource: uri,
        organization: text,
      }),
      responses: {
        200: jsonOf(
          object({
            'device_code!': text,
            'user_code!': text,
            'verification_uri!': uri,
            'verification_uri_complete!': uri,
            'expires_in!': whole,
            'interval!': whole,
          }),
          'The codes, and the address at which the user enters the shorter one.',
        ),
        400: oauthError(
          'The request is invalid.',
          'invalid_request',
          'invalid_scope',
          'invalid_target',
          'unauthorized_client',
        ),
        401: oauthError('The client could not be authenticated.', 'invalid_client'),
      },
    }),
  },
  '/oauth2/bc-authorize': {
    post: operation({
      operationId: 'askUser',
      summary: 'Ask a user who is elsewhere (OpenID CIBA).',
      security: clientAuthentication,
      requestBody: formOf({
        'scope!': text,
        login_hint: about(text, 'The verified email address of the user.'),
        id_token_hint: text,
        binding_message: about(text, 'Shown to the user, at most 64 characters.'),
        requested_expiry: whole,
        client_notification_token: about(text, 'For clients that are notified.'),
        resource: uri,
        request: about(text, 'A signed request.'),
      }),
      responses: {
        200: jsonOf(
          object({ 'auth_req_id!': text, 'expires_in!': whole, 'interval!': whole }),
          'The user is asked.',
        ),
        400: oauthError(
          'The request is invalid.',
          'invalid_request',
          'invalid_scope',
          'invalid_target',
          'invalid_binding_message',
          'unknown_user_id',
          'unauthorized_client',
          'access_denied',
        ),
        401: oauthError('The client could not be authenticated.', 'invalid_client'),
      },
    }),
  },
  '/oauth2/logout': {
    get: operation({
      operationId: 'logout',
      summary: 'Sign the user out (OpenID Connect RP-Initiated Logout).',
      parameters: queryOf(logout),
      responses: logoutResponses,
    }),
    post: operation({
      operationId: 'logoutByForm',
      summary: 'The same, as a form.',
      requestBody: formOf(logout),
      responses: logoutResponses,
    }),
  },
};
