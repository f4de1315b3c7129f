// The endpoints for receivers of Shared Signals (Shared Signals Framework 1.0 §7 and §8).
import type { JsonSchema } from '#http/api/openapi/json-schema.ts';
import { exampleOf } from '#http/api/openapi/examples.ts';
import {
  jsonOf,
  oauthError,
  object,
  operation,
  queryOf,
  text,
  texts,
  truth,
  uri,
  whole,
  type Operation,
} from './operation.ts';

const given = (schema: JsonSchema, ...examples: unknown[]): JsonSchema => ({ ...schema, examples });

const streamId = given(text, '019a2f1e-6c1b-7c51-b8a9-3f0c0c8f9b11');
const sessionRevoked = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked';
const eventTypes = given(texts, [sessionRevoked]);
const method: JsonSchema = { type: 'string', enum: ['urn:ietf:rfc:8935', 'urn:ietf:rfc:8936'] };
const endpoint = given(uri, 'https://tasks.example.com/events');

const requested = {
  delivery: object({ 'method!': method, endpoint_url: endpoint, authorization_header: text }),
  events_requested: eventTypes,
  description: given(text, 'Tasks'),
};

const stream = object({
  'stream_id!': streamId,
  'iss!': given(uri, 'https://id.example.com'),
  'aud!': given(text, 's6BhdRkqt3'),
  'events_supported!': eventTypes,
  'events_requested!': eventTypes,
  'events_delivered!': eventTypes,
  'delivery!': object({ 'method!': method, 'endpoint_url!': endpoint }),
  'min_verification_interval!': given(whole, 10),
  description: requested.description,
});

const status: JsonSchema = { type: 'string', enum: ['enabled', 'paused', 'disabled'] };
const shownStatus = object({ 'stream_id!': streamId, 'status!': status, reason: text });

const subject = {
  ...object({ 'format!': text, id: text, iss: text, sub: text, email: text }),
  description: 'A subject identifier (RFC 9493).',
  examples: [{ format: 'email', email: 'ann@example.com' }],
};
const subjectChange = object({ 'stream_id!': streamId, 'subject!': subject, verified: truth });

const poll = object({
  maxEvents: given(whole, 10),
  returnImmediately: truth,
  ack: given(texts, ['019a2f1e-0b7e-7d0e-9a51-2f4c6a8e1d22']),
  setErrs: given({ type: 'object' }, {}),
});
const polled = object({
  'sets!': given({ type: 'object' }, { '019a2f1e-0b7e-7d0e-9a51-2f4c6a8e1d22': 'eyJhbGci...' }),
  'moreAvailable!': truth,
});

const metadata = object({
  'issuer!': uri,
  'spec_version!': given(text, '1_0'),
  'jwks_uri!': uri,
  'delivery_methods_supported!': given(texts, ['urn:ietf:rfc:8935', 'urn:ietf:rfc:8936']),
  'configuration_endpoint!': uri,
  'status_endpoint!': uri,
  'add_subject_endpoint!': uri,
  'remove_subject_endpoint!': uri,
  'verification_endpoint!': uri,
  'authorization_schemes!': given({ type: 'array', items: { type: 'object' } }, [
    { spec_urn: 'urn:ietf:rfc:6749' },
  ]),
  'default_subjects!': given(text, 'ALL'),
});

const refusals = {
  400: oauthError('The request is malformed.', 'invalid_request'),
  401: oauthError('The access token is invalid.', 'invalid_request'),
  403: oauthError('The access token lacks the scope.', 'access_denied'),
  404: oauthError('The receiver has no such stream.', 'invalid_request'),
  409: oauthError(
    'The stream has changed in the meantime, or there are too many.',
    'invalid_request',
  ),
};

/** With an access token of the receiver. */
function forReceivers(facts: Omit<Operation, 'security'>) {
  const responses = { ...facts.responses, ...refusals };
  return operation({ ...facts, security: [{ accessToken: [] }], responses });
}

function bodyOf(schema: JsonSchema) {
  const content = { 'application/json': { schema, example: exampleOf(schema) } };
  return { required: true, content };
}

const none = (description: string) => ({ description });
const byQuery = queryOf({ 'stream_id!': streamId });

export const signalPaths = {
  '/.well-known/ssf-configuration': {
    get: operation({
      operationId: 'ssfConfiguration',
      summary: 'The metadata of the transmitter of Shared Signals.',
      responses: { 200: jsonOf(metadata, 'The metadata.') },
    }),
  },
  '/oauth2/ssf/streams': {
    post: forReceivers({
      operationId: 'createSignalStream',
      summary: 'Create a stream of signals.',
      requestBody: bodyOf(object(requested)),
      responses: { 201: jsonOf(stream, 'The stream.') },
    }),
    get: forReceivers({
      operationId: 'readSignalStreams',
      summary: 'Read a stream, or, without an id, all streams of the receiver.',
      parameters: queryOf({ stream_id: streamId }),
      responses: { 200: jsonOf(stream, 'The stream, or a list of streams.') },
    }),
    patch: forReceivers({
      operationId: 'updateSignalStream',
      summary: 'Update a stream; omitted members stay unchanged.',
      requestBody: bodyOf(object({ 'stream_id!': streamId, ...requested })),
      responses: { 200: jsonOf(stream, 'The stream.') },
    }),
    put: forReceivers({
      operationId: 'replaceSignalStream',
      summary: 'Replace the configuration of a stream.',
      requestBody: bodyOf(object({ 'stream_id!': streamId, ...requested })),
      responses: { 200: jsonOf(stream, 'The stream.') },
    }),
    delete: forReceivers({
      operationId: 'deleteSignalStream',
      summary: 'Delete a stream.',
      parameters: byQuery,
      responses: { 204: none('The stream is deleted.') },
    }),
  },
  '/oauth2/ssf/status': {
    get: forReceivers({
      operationId: 'readSignalStreamStatus',
      summary: 'Read the status of a stream.',
      parameters: byQuery,
      responses: { 200: jsonOf(shownStatus, 'The status.') },
    }),
    post: forReceivers({
      operationId: 'updateSignalStreamStatus',
      summary: 'Enable, pause or disable a stream.',
      requestBody: bodyOf(shownStatus),
      responses: { 200: jsonOf(shownStatus, 'The status.') },
    }),
  },
  '/oauth2/ssf/verify': {
    post: forReceivers({
      operationId: 'verifySignalStream',
      summary: 'Send a verification event.',
      requestBody: bodyOf(object({ 'stream_id!': streamId, state: text })),
      responses: { 204: none('The event is on its way.') },
    }),
  },
  '/oauth2/ssf/poll/{pollId}': {
    post: forReceivers({
      operationId: 'pollSignals',
      summary: 'Acknowledge signals and get those that are waiting (RFC 8936).',
      parameters: [
        {
          name: 'pollId',
          in: 'path',
          required: true,
          description: 'The stream.',
          schema: { type: 'string' },
          example: exampleOf(streamId),
        },
      ],
      requestBody: bodyOf(poll),
      responses: { 200: jsonOf(polled, 'Security Event Tokens by their jti.') },
    }),
  },
  '/oauth2/ssf/subjects/add': {
    post: forReceivers({
      operationId: 'addSignalSubject',
      summary: 'Receive signals about a user again.',
      requestBody: bodyOf(subjectChange),
      responses: { 200: none('The user, if there is one, is included.') },
    }),
  },
  '/oauth2/ssf/subjects/remove': {
    post: forReceivers({
      operationId: 'removeSignalSubject',
      summary: 'Stop receiving signals about a user.',
      requestBody: bodyOf(subjectChange),
      responses: { 204: none('The user, if there is one, is left out.') },
    }),
  },
};
