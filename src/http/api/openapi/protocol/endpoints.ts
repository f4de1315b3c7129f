// All protocol endpoints. This file itself defines the metadata documents and Global Token Revocation.
import { authorizationPaths } from './authorization.ts';
import {
  jsonOf,
  oauthError,
  object,
  operation,
  text,
  texts,
  uri,
  type Members,
} from './operation.ts';
import { nativeSignInPaths } from './native-sign-in.ts';
import { registrationPaths } from './registration.ts';
import { signalPaths } from './signals.ts';
import { statusListPaths } from './status-lists.ts';
import { tokenPaths } from './tokens.ts';

const metadata: Members = {
  'issuer!': uri,
  'authorization_endpoint!': uri,
  'token_endpoint!': uri,
  'jwks_uri!': uri,
  userinfo_endpoint: uri,
  introspection_endpoint: uri,
  revocation_endpoint: uri,
  pushed_authorization_request_endpoint: uri,
  authorization_challenge_endpoint: uri,
  end_session_endpoint: uri,
  registration_endpoint: uri,
  global_token_revocation_endpoint: uri,
  'response_types_supported!': texts,
  grant_types_supported: texts,
  scopes_supported: texts,
  claims_supported: texts,
  code_challenge_methods_supported: texts,
  token_endpoint_auth_methods_supported: texts,
  subject_types_supported: texts,
  id_token_signing_alg_values_supported: texts,
};

const key = object({ 'kty!': text, kid: text, alg: text, use: text, crv: text, x: text, y: text });

const subject = object({
  'sub_id!': {
    ...object({ 'format!': text, id: text, iss: text, sub: text, email: text }),
    description: 'A subject identifier (RFC 9493).',
    examples: [{ format: 'email', email: 'ann@example.com' }],
  },
});

const globalTokenRevocation = operation({
  operationId: 'globalTokenRevocation',
  summary: 'Revoke everything of a user (draft-parecki-oauth-global-token-revocation).',
  security: [{ signedJwt: [] }],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: subject,
        example: { sub_id: { format: 'email', email: 'ann@example.com' } },
      },
    },
  },
  responses: {
    204: { description: 'Everything is revoked.' },
    400: oauthError('The body is malformed.', 'invalid_request'),
    401: oauthError('The JWT is invalid.', 'invalid_token'),
    403: oauthError('The client lacks the right.', 'insufficient_scope'),
    404: oauthError('The user does not exist.', 'invalid_request'),
    422: oauthError('The aliases identify different users.', 'invalid_request'),
  },
});

export function describeProtocol() {
  return {
    ...authorizationPaths,
    ...tokenPaths,
    ...nativeSignInPaths,
    ...registrationPaths,
    ...signalPaths,
    ...statusListPaths,
    '/oauth2/jwks': {
      get: operation({
        operationId: 'jwks',
        summary: 'The public keys that verify tokens (RFC 7517).',
        responses: { 200: jsonOf(object({ 'keys!': { type: 'array', items: key } }), 'The keys.') },
      }),
    },
    '/oauth2/global-token-revocation': { post: globalTokenRevocation },
    '/.well-known/openid-configuration': {
      get: operation({
        operationId: 'openidConfiguration',
        summary: 'The metadata of this provider (OpenID Connect Discovery).',
        responses: { 200: jsonOf(object(metadata), 'The metadata.') },
      }),
    },
    '/.well-known/oauth-authorization-server': {
      get: operation({
        operationId: 'authorizationServerMetadata',
        summary: 'The metadata of this provider (RFC 8414).',
        responses: { 200: jsonOf(object(metadata), 'The metadata.') },
      }),
    },
  };
}
