// The endpoints for receivers: scope, input, service and response of each.
import { readSubjectNames } from '#core/users/subject-identifiers.ts';
import { AppError } from '#platform/errors.ts';
import type { Polling } from '#features/shared-signals/delivery/poll.service.ts';
import type { StreamSubjects } from '#features/shared-signals/streams/stream-subjects.service.ts';
import type { StreamService } from '#features/shared-signals/streams/streams.service.ts';
import { readPoll } from './poll-input.api.ts';
import {
  presentStatus,
  presentStream,
  readChange,
  readNewStream,
  readStatusChange,
  readSubjectChange,
  readVerification,
  replacement,
  update,
} from './stream-input.api.ts';
import { transmitterPaths as paths } from './transmitter-metadata.ts';

export interface TransmitterServices {
  readonly issuer: string;
  readonly streamService: StreamService;
  readonly streamSubjects: StreamSubjects;
  readonly polling: Polling;
}

export interface TransmitterCall {
  /** The client id of the receiver. */
  readonly clientId: string;
  readonly streamId: string | undefined;
  readonly body: unknown;
}

export interface TransmitterRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly scope: 'ssf.read' | 'ssf.manage';
  readonly status: 200 | 201 | 204;
  /** True if the request may wait for events. */
  readonly isHeld?: boolean;
  /** `undefined` if the response has no body. */
  readonly handle: (call: TransmitterCall) => Promise<object | undefined>;
}

export function transmitterRoutes(services: TransmitterServices): readonly TransmitterRoute[] {
  return [...configurationRoutes(services), ...statusRoutes(services), ...subjectRoutes(services)];
}

function configurationRoutes({ streamService, issuer }: TransmitterServices): TransmitterRoute[] {
  const path = paths.streams;
  const manage = { path, scope: 'ssf.manage' } as const;
  return [
    {
      ...manage,
      method: 'POST',
      status: 201,
      handle: async ({ clientId, body }) =>
        presentStream(await streamService.create(clientId, readNewStream(body)), issuer),
    },
    {
      method: 'GET',
      path,
      scope: 'ssf.read',
      status: 200,
      async handle({ clientId, streamId }) {
        if (streamId !== undefined) {
          return presentStream(await streamService.find(clientId, streamId), issuer);
        }
        return (await streamService.listOf(clientId)).map((each) => presentStream(each, issuer));
      },
    },
    ...(['PATCH', 'PUT'] as const).map((method) => ({
      ...manage,
      method,
      status: 200 as const,
      async handle({ clientId, body }: TransmitterCall) {
        const change = readChange(body);
        const apply = method === 'PUT' ? replacement : update;
        const changed = await streamService.replace(clientId, change.streamId, (before) =>
          apply(before, change.configuration, issuer),
        );
        return presentStream(changed, issuer);
      },
    })),
    {
      ...manage,
      method: 'DELETE',
      status: 204,
      async handle({ clientId, streamId }) {
        await streamService.remove(clientId, requireId(streamId));
        return undefined;
      },
    },
  ];
}

function statusRoutes({ streamService, polling }: TransmitterServices): TransmitterRoute[] {
  return [
    {
      method: 'GET',
      path: paths.status,
      scope: 'ssf.read',
      status: 200,
      handle: async ({ clientId, streamId }) =>
        presentStatus(await streamService.find(clientId, requireId(streamId))),
    },
    {
      method: 'POST',
      path: paths.status,
      scope: 'ssf.manage',
      status: 200,
      async handle({ clientId, body }) {
        const { stream_id: id, status, reason } = readStatusChange(body);
        return presentStatus(await streamService.setStatus(clientId, id, { status, reason }));
      },
    },
    {
      method: 'POST',
      path: paths.verify,
      scope: 'ssf.manage',
      status: 204,
      async handle({ clientId, body }) {
        const { stream_id: id, state } = readVerification(body);
        await streamService.verify(clientId, id, state);
        return undefined;
      },
    },
    {
      method: 'POST',
      path: `${paths.poll}/:pollId`,
      scope: 'ssf.read',
      status: 200,
      isHeld: true,
      handle: ({ clientId, streamId, body }) =>
        polling.poll(clientId, requireId(streamId), readPoll(body)),
    },
  ];
}

function subjectRoutes({ streamSubjects }: TransmitterServices): TransmitterRoute[] {
  const route = { method: 'POST', scope: 'ssf.manage' } as const;
  return [
    {
      ...route,
      path: paths.addSubject,
      status: 200,
      async handle({ clientId, body }) {
        const { stream_id: id, subject } = readSubjectChange(body);
        await streamSubjects.add(clientId, id, readSubjectNames(subject));
        return undefined;
      },
    },
    {
      ...route,
      path: paths.removeSubject,
      status: 204,
      async handle({ clientId, body }) {
        const { stream_id: id, subject } = readSubjectChange(body);
        await streamSubjects.remove(clientId, id, readSubjectNames(subject));
        return undefined;
      },
    },
  ];
}

function requireId(streamId: string | undefined): string {
  if (streamId !== undefined) return streamId;
  throw new AppError('invalid_input', 'The query parameter stream_id is required.');
}
