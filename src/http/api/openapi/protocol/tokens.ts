// The token endpoint with each grant, introspection, revocation and userinfo.
import { clientMembers, tokenRequests } from './grants.ts';
import {
  about,
  clientAuthentication,
  formOf,
  formsOf,
  jsonOf,
  oauthError,
  object,
  operation,
  text,
  texts,
  textOf,
  truth,
  uri,
  whole,
  type Members,
} from './operation.ts';

const tokenMembers: Members = { 'token!': text, token_type_hint: text, ...clientMembers };
const tokenExample = {
  token: 'ost_at_2fJ0xZr8mX4W1v6sK9tQyB3nC5dE7gH0jL2pR4uV8wY',
  token_type_hint: 'access_token',
};

const tokens = object({
  'access_token!': text,
  'token_type!': { type: 'string', enum: ['Bearer', 'DPoP'] },
  'expires_in!': whole,
  scope: text,
  refresh_token: about(text, 'Replaces the refresh token that was used.'),
  id_token: text,
  issued_token_type: about(text, 'After a token exchange (RFC 8693 §2.2.1).'),
  device_secret: about(text, 'With the scope device_sso (OpenID Connect Native SSO).'),
  authorization_details: about({ type: 'array', items: { type: 'object' } }, 'RFC 9396 §7.'),
});

/** RFC 7662 §2.2. */
const introspection = object({
  'active!': truth,
  scope: text,
  client_id: text,
  username: text,
  token_type: text,
  exp: whole,
  iat: whole,
  sub: text,
  aud: { anyOf: [text, texts] },
  iss: text,
  jti: text,
  cnf: { type: 'object', properties: { jkt: text, 'x5t#S256': text } },
});

const userinfo = object({
  'sub!': text,
  name: text,
  given_name: text,
  family_name: text,
  preferred_username: text,
  picture: uri,
  locale: text,
  email: text,
  email_verified: truth,
  updated_at: whole,
});

const invalidClient = oauthError('The client could not be authenticated.', 'invalid_client');

const userinfoResponses = {
  200: {
    description: 'The claims that the scopes of the token give access to.',
    content: {
      ...jsonOf(userinfo, '').content,
      ...textOf('application/jwt', '', 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln').content,
    },
  },
  400: oauthError('The request is invalid.', 'invalid_request'),
  401: oauthError(
    'The access token is missing, invalid or expired.',
    'invalid_token',
    'invalid_dpop_proof',
  ),
  403: oauthError('The access token lacks the scope openid.', 'insufficient_scope'),
};

export const tokenPaths = {
  '/oauth2/token': {
    post: operation({
      operationId: 'token',
      summary: 'Exchange a code, a refresh token, credentials or another token for tokens.',
      security: clientAuthentication,
      requestBody: formsOf(tokenRequests),
      responses: {
        200: jsonOf(tokens, 'The tokens.'),
        400: oauthError(
          'The request, the code or the refresh token is invalid.',
          'invalid_grant',
          'invalid_request',
          'invalid_scope',
          'invalid_target',
          'unauthorized_client',
          'unsupported_grant_type',
          'authorization_pending',
          'slow_down',
          'access_denied',
          'expired_token',
          'invalid_dpop_proof',
          'use_dpop_nonce',
        ),
        401: invalidClient,
      },
    }),
  },
  '/oauth2/introspect': {
    post: operation({
      operationId: 'introspect',
      summary: 'Ask whether a token is active (RFC 7662), for resource servers.',
      security: clientAuthentication,
      requestBody: formOf(tokenMembers, tokenExample),
      responses: {
        200: {
          description: 'A token that is unknown, or not for the caller, is inactive.',
          content: {
            ...jsonOf(introspection, '').content,
            ...textOf('application/token-introspection+jwt', '', 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln')
              .content,
          },
        },
        400: oauthError('The request is invalid.', 'invalid_request'),
        401: invalidClient,
      },
    }),
  },
  '/oauth2/revoke': {
    post: operation({
      operationId: 'revoke',
      summary: 'Revoke a token of the client (RFC 7009).',
      security: clientAuthentication,
      requestBody: formOf(tokenMembers, tokenExample),
      responses: {
        200: { description: 'The token is revoked, or was not active.' },
        400: oauthError('The request is invalid.', 'invalid_request', 'unsupported_token_type'),
        401: invalidClient,
      },
    }),
  },
  '/oauth2/userinfo': {
    get: operation({
      operationId: 'userinfo',
      summary: 'Read the claims of the user (OpenID Connect Core §5.3).',
      security: [{ accessToken: [] }],
      responses: userinfoResponses,
    }),
    post: operation({
      operationId: 'userinfoByPost',
      summary: 'The same, as POST.',
      security: [{ accessToken: [] }],
      responses: userinfoResponses,
    }),
  },
};
