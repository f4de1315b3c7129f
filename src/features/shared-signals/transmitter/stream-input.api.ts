// Parses stream configurations from receivers, and formats them for receivers (SSF 1.0 §8.1.1).
import { z } from 'zod';
import { readInput } from '#http/api/schemas.ts';
import { AppError } from '#platform/errors.ts';
import {
  maxRequestedEvents,
  maxStateLength,
  minVerificationSeconds,
  pollMethod,
  pushMethod,
  supportedEvents,
} from '#features/shared-signals/signal-types.ts';
import {
  eventsDelivered,
  streamStates,
  type SignalStream,
  type StreamRequest,
} from '#features/shared-signals/streams/streams.ts';
import { pollAddress } from './transmitter-metadata.ts';

/** The characters of an HTTP field value (RFC 9110 §5.5). */
const printable = /^[\x20-\x7e]+$/;
const streamId = z.string().max(100).describe('the id of a stream');

const delivery = z.looseObject({
  method: z.enum([pushMethod, pollMethod]),
  endpoint_url: z.string().max(2000).optional(),
  authorization_header: z.string().max(2000).regex(printable).nullish(),
});

/** Further members are ignored, as extensions of the framework may add some. */
const configuration = z.looseObject({
  stream_id: streamId.optional(),
  events_requested: z
    .array(z.string().min(1).max(300))
    .max(maxRequestedEvents)
    .optional()
    .describe('a list of event types'),
  delivery: delivery
    .optional()
    .describe('an object with method (push or poll) and, for push, endpoint_url'),
  description: z.string().max(500).nullish().describe('a text of up to 500 characters'),
});

type Configuration = z.output<typeof configuration>;

/** Members that the transmitter determines: a receiver may repeat them but not change them. */
const ownMembers = [
  'stream_id',
  'iss',
  'aud',
  'events_supported',
  'events_delivered',
  'min_verification_interval',
] as const;

export function readNewStream(input: unknown): StreamRequest {
  return requestOf(readInput(configuration, input, 'body'));
}

export interface ReadChange {
  readonly streamId: string;
  readonly configuration: Configuration;
}

/** @throws AppError `invalid_input` */
export function readChange(input: unknown): ReadChange {
  const read = readInput(configuration, input, 'body');
  if (read.stream_id === undefined) {
    throw new AppError('invalid_input', 'Invalid request body: "stream_id" is required.');
  }
  return { streamId: read.stream_id, configuration: read };
}

/** All settings of the receiver; missing ones get their default. */
export function replacement(before: SignalStream, read: Configuration, issuer: string) {
  refuseForeignMembers(before, read, issuer);
  return requestOf(read);
}

/** Missing members are unchanged. */
export function update(before: SignalStream, read: Configuration, issuer: string): StreamRequest {
  refuseForeignMembers(before, read, issuer);
  const changed = requestOf({ ...read, delivery: read.delivery });
  return {
    endpointUrl: read.delivery ? changed.endpointUrl : before.endpointUrl,
    authorizationHeader: read.delivery ? changed.authorizationHeader : before.authorizationHeader,
    eventsRequested: read.events_requested ?? before.eventsRequested,
    description: read.description === undefined ? before.description : changed.description,
  };
}

function requestOf({ delivery: wanted, ...read }: Configuration): StreamRequest {
  const isPush = wanted?.method === pushMethod;
  if (isPush && wanted.endpoint_url === undefined) {
    throw new AppError('invalid_input', 'delivery.endpoint_url is required for push delivery.');
  }
  return {
    endpointUrl: isPush ? wanted.endpoint_url : undefined,
    authorizationHeader: isPush ? (wanted.authorization_header ?? undefined) : undefined,
    eventsRequested: read.events_requested ?? supportedEvents,
    description: read.description ?? undefined,
  };
}

function refuseForeignMembers(before: SignalStream, read: Configuration, issuer: string): void {
  const own: Readonly<Record<string, unknown>> = presentStream(before, issuer);
  const wrong = ownMembers.find(
    (name) => name in read && JSON.stringify(read[name]) !== JSON.stringify(own[name]),
  );
  if (wrong === undefined) return;
  throw new AppError('invalid_input', `The receiver cannot change ${wrong}.`);
}

/** The Authorization header is a secret of the receiver and is not shown. */
export function presentStream(stream: SignalStream, issuer: string) {
  const { id, clientId, endpointUrl, description } = stream;
  return {
    stream_id: id,
    iss: issuer,
    aud: clientId,
    events_supported: supportedEvents,
    events_requested: stream.eventsRequested,
    events_delivered: eventsDelivered(stream),
    delivery:
      endpointUrl === undefined
        ? { method: pollMethod, endpoint_url: pollAddress(issuer, id) }
        : { method: pushMethod, endpoint_url: endpointUrl },
    min_verification_interval: minVerificationSeconds,
    ...(description === undefined ? {} : { description }),
  };
}

const statusChange = z.looseObject({
  stream_id: streamId,
  status: z.enum(streamStates).describe(`one of ${streamStates.join(', ')}`),
  reason: z.string().max(500).optional().describe('a text of up to 500 characters'),
});

export const readStatusChange = (input: unknown) => readInput(statusChange, input, 'body');

export function presentStatus({ id, status, statusReason }: SignalStream) {
  return {
    stream_id: id,
    status,
    ...(statusReason === undefined ? {} : { reason: statusReason }),
  };
}

const verificationRequest = z.looseObject({
  stream_id: streamId,
  state: z
    .string()
    .max(maxStateLength)
    .optional()
    .describe(`a text of up to ${maxStateLength} characters`),
});

export const readVerification = (input: unknown) => readInput(verificationRequest, input, 'body');

const subjectChange = z.looseObject({
  stream_id: streamId,
  subject: z.unknown(),
});

export const readSubjectChange = (input: unknown) => readInput(subjectChange, input, 'body');
