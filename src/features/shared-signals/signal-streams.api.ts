// Management API for streams of Shared Signals, for operators.
import { z } from 'zod';
import { requireMatch, tagOf } from '#http/api/conditions.ts';
import type { Cursors } from '#http/api/cursors.ts';
import type { PathParameter } from '#http/api/parameters.ts';
import { pageOf, problem, timestamp } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { pageMembers, sentence } from '#http/api/schemas.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { uuidPattern } from '#platform/uuid.ts';
import { presentSignal, presentSignalStream } from './present-stream.ts';
import { signalAlgorithms, subjectFormats } from './signal-types.ts';
import type {
  StreamAdministration,
  StreamChanges,
} from './streams/stream-administration.service.ts';
import { streamStates } from './streams/streams.ts';

export interface SignalStreamRouteDependencies {
  readonly streamAdministration: StreamAdministration;
  readonly cursors: Cursors;
}

const streamId: PathParameter = {
  pattern: uuidPattern,
  notFound: { code: 'not_found', message: 'Stream not found.' },
};

const shownStream = z.strictObject({
  id: z.string(),
  client_id: z.string(),
  delivery: z.enum(['push', 'poll']),
  endpoint_url: z.string().nullable(),
  description: z.string().nullable(),
  events: z.array(z.string()),
  status: z.enum(streamStates),
  status_reason: z.string().nullable(),
  held_by: z.enum(['operator', 'failing', 'overflow']).nullable(),
  subject_format: z.enum(subjectFormats),
  algorithm: z.enum(signalAlgorithms),
  all_users: z.boolean(),
  failing_since: timestamp.nullable(),
  last_error: z.string().nullable(),
  created_at: timestamp,
});

const shownSignal = z.strictObject({
  id: z.string(),
  type: z.string(),
  user_id: z.string().nullable(),
  at: timestamp,
  state: z.enum(['waiting', 'delivered', 'refused']),
  attempts: z.int(),
  delivered_at: timestamp.nullable(),
  error: z.string().nullable(),
});

const oneOf = (values: readonly string[]) => ({ description: `one of ${values.join(', ')}` });

const streamChange = z.strictObject({
  status: z.enum(streamStates).optional().meta(oneOf(streamStates)),
  reason: sentence.optional(),
  subject_format: z.enum(subjectFormats).optional().meta(oneOf(subjectFormats)),
  algorithm: z.enum(signalAlgorithms).optional().meta(oneOf(signalAlgorithms)),
  all_users: z.boolean().optional().meta({ description: 'true or false' }),
});

const rateLimit = unlimited('authenticatedCaller');
const params = { streamId };

export function signalStreamRoutes(dependencies: SignalStreamRouteDependencies): readonly Route[] {
  return [
    listStreams(dependencies),
    showStream(dependencies),
    updateStream(dependencies),
    deleteStream(dependencies),
    listSignals(dependencies),
  ];
}

function listStreams({ streamAdministration, cursors }: SignalStreamRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/signal-streams',
    scopes: ['signals:read'],
    rateLimit,
    summary: 'List streams of Shared Signals in the order of their creation.',
    params: {},
    query: z.strictObject(pageMembers),
    responses: { 200: pageOf(shownStream) },
    async handle({ query, list }) {
      const page = await streamAdministration.list(cursors.pageOf(list, query));
      return cursors.present(list, page, presentSignalStream);
    },
  });
}

function showStream({ streamAdministration }: SignalStreamRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/signal-streams/{streamId}',
    scopes: ['signals:read'],
    rateLimit,
    summary: 'Show a stream; the ETag is needed to change it.',
    params,
    responses: { 200: shownStream, 404: problem('not_found') },
    async handle({ params: { streamId: id }, tag }) {
      const shown = presentSignalStream(await streamAdministration.find(id));
      tag(tagOf(shown));
      return shown;
    },
  });
}

function updateStream({ streamAdministration }: SignalStreamRouteDependencies): Route {
  return defineRoute({
    method: 'PATCH',
    path: '/signal-streams/{streamId}',
    scopes: ['signals:write'],
    rateLimit,
    summary: 'Pause, disable or enable a stream, or change its settings, with If-Match.',
    params,
    body: streamChange,
    responses: {
      200: shownStream,
      404: problem('not_found'),
      409: problem('conflict'),
      412: problem('precondition_failed'),
      428: problem('precondition_required'),
    },
    async handle({ params: { streamId: id }, body, caller, conditions, tag }) {
      const updated = await streamAdministration.update(id, changesOf(body), {
        by: caller.actor,
        check: (before) => requireMatch(conditions, tagOf(presentSignalStream(before))),
      });
      const shown = presentSignalStream(updated);
      tag(tagOf(shown));
      return shown;
    },
  });
}

function deleteStream({ streamAdministration }: SignalStreamRouteDependencies): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/signal-streams/{streamId}',
    scopes: ['signals:write'],
    rateLimit,
    summary: 'Delete a stream and its signals.',
    params,
    responses: {
      200: z.strictObject({ id: z.string(), deleted: z.literal(true) }),
      404: problem('not_found'),
    },
    async handle({ params: { streamId: id }, caller }) {
      await streamAdministration.remove(id, caller.actor);
      return { id, deleted: true as const };
    },
  });
}

function listSignals({ streamAdministration, cursors }: SignalStreamRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/signal-streams/{streamId}/signals',
    scopes: ['signals:read'],
    rateLimit,
    summary: 'List the signals of the last days and whether they were delivered.',
    params,
    query: z.strictObject(pageMembers),
    responses: { 200: pageOf(shownSignal), 404: problem('not_found') },
    async handle({ params: { streamId: id }, query, list }) {
      const page = await streamAdministration.listSignals(id, cursors.pageOf(list, query));
      return cursors.present(list, page, presentSignal);
    },
  });
}

function changesOf(body: z.output<typeof streamChange>): StreamChanges {
  return {
    ...(body.status === undefined ? {} : { status: body.status }),
    ...(body.reason === undefined ? {} : { reason: body.reason }),
    ...(body.subject_format === undefined ? {} : { subjectFormat: body.subject_format }),
    ...(body.algorithm === undefined ? {} : { algorithm: body.algorithm }),
    ...(body.all_users === undefined ? {} : { allUsers: body.all_users }),
  };
}
