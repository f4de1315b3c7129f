// Operations of dynamic client registration and its management.
import {
  about,
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

/** RFC 7591 §2 and OpenID Connect Dynamic Client Registration §2; the most common members. */
const metadata: Members = {
  client_name: text,
  redirect_uris: { type: 'array', items: uri },
  grant_types: texts,
  response_types: texts,
  token_endpoint_auth_method: text,
  scope: about(text, 'The scopes, separated by spaces.'),
  application_type: about(text, 'web or native.'),
  contacts: texts,
  client_uri: uri,
  logo_uri: uri,
  policy_uri: uri,
  tos_uri: uri,
  jwks_uri: uri,
  software_statement: about(text, 'Metadata that a trusted issuer has signed.'),
};

/** RFC 7591 §3.2.1 and RFC 7592 §3. */
const registered: Members = {
  'client_id!': text,
  'client_id_issued_at!': whole,
  client_secret: about(text, 'Only in the response that created it.'),
  client_secret_expires_at: whole,
  ...metadata,
  'registration_access_token!': text,
  'registration_client_uri!': uri,
};

const refused = oauthError(
  'The metadata is refused.',
  'invalid_client_metadata',
  'invalid_redirect_uri',
  'invalid_software_statement',
  'unapproved_software_statement',
  'invalid_request',
);
const unauthorized = oauthError('The token is missing or invalid.', 'invalid_token');
const notFound = oauthError('The address has no readable client id.', 'invalid_request');
const security = [{ registrationToken: [] }];
const parameters = [
  { name: 'clientId', in: 'path', required: true, schema: text, example: 's6BhdRkqt3' },
];

const example = {
  client_name: 'Wiki',
  redirect_uris: ['https://wiki.example.com/callback'],
  token_endpoint_auth_method: 'none',
};

function bodyOf(members: Members, values: object) {
  return {
    required: true,
    content: { 'application/json': { schema: object(members), example: values } },
  };
}

export const registrationPaths = {
  '/oauth2/register': {
    post: operation({
      operationId: 'registerClient',
      summary: 'Register a client without an operator (RFC 7591).',
      security: [{}, ...security],
      requestBody: bodyOf(metadata, example),
      responses: {
        201: jsonOf(object(registered), 'The client is registered.'),
        400: refused,
        401: unauthorized,
      },
    }),
  },
  '/oauth2/register/{clientId}': {
    get: operation({
      operationId: 'readRegistration',
      summary: 'Read the registration of the client itself, without the secret (RFC 7592).',
      security,
      parameters,
      responses: {
        200: jsonOf(object(registered), 'The registration.'),
        401: unauthorized,
        404: notFound,
      },
    }),
    put: operation({
      operationId: 'replaceRegistration',
      summary:
        'Replace the metadata of the client itself; the response has a new token (RFC 7592).',
      security,
      parameters,
      requestBody: bodyOf(
        { 'client_id!': text, ...metadata },
        { client_id: 's6BhdRkqt3', ...example },
      ),
      responses: {
        200: jsonOf(object(registered), 'The registration.'),
        400: refused,
        401: unauthorized,
        404: notFound,
        409: oauthError('The client was changed at the same time.', 'invalid_request'),
      },
    }),
    delete: operation({
      operationId: 'deleteRegistration',
      summary: 'Delete the registration of the client itself (RFC 7592).',
      security,
      parameters,
      responses: {
        204: { description: 'The client is deleted.' },
        401: unauthorized,
        404: notFound,
      },
    }),
  },
};
