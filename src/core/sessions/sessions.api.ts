// Management API for sessions: list them, end one, and end all of them in an emergency.
import { z } from 'zod';
import type { Cursors } from '#http/api/cursors.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { pageOf, problem, timestamp } from '#http/api/responses.ts';
import { pageMembers, sentence, uuid } from '#http/api/schemas.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { presentSession, type SessionList } from './session-list.service.ts';
import type { SessionTree } from './session-tree.service.ts';
import { sessionUid, userId } from '#http/api/parameters.ts';
import { waiting } from '#core/approvals/approvals.api.ts';
import { receipt } from '#core/revocation/receipts.api.ts';
import { presentReceipt } from '#core/revocation/receipts.ts';
import { noteReason, type RequestOriginSlot } from '#platform/request/request-origin.ts';

export interface SessionRouteDependencies {
  readonly sessionList: SessionList;
  readonly sessionTree: SessionTree;
  readonly blocking: Blocking;
  readonly requestOrigin: RequestOriginSlot;
  readonly cursors: Cursors;
}

const session = z.strictObject({
  uid: z.string(),
  user_id: z.string(),
  device: z.string().nullable(),
  address: z.string().nullable(),
  country: z.string().nullable(),
  amr: z.array(z.string()),
  signed_in_at: timestamp.nullable(),
  first_used_at: timestamp,
  last_used_at: timestamp,
  expires_at: timestamp,
  apps: z.array(z.strictObject({ client_id: z.string(), name: z.string() })),
  /** The id of the administrator who is signed in as the user. */
  impersonator: z.string().nullable(),
});

export function sessionRoutes(dependencies: SessionRouteDependencies): readonly Route[] {
  return [
    listSessions(dependencies),
    listSessionsOfUser(dependencies),
    endSession(dependencies),
    signEveryoneOut(dependencies),
  ];
}

function listSessions({ sessionList, cursors }: SessionRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/sessions',
    scopes: ['sessions:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'List active sessions of one user or of all users, most recent first.',
    params: {},
    query: z.strictObject({ user_id: uuid.optional().describe('a UUID'), ...pageMembers }),
    responses: { 200: pageOf(session) },
    async handle({ query, list }) {
      const page = cursors.pageOf(list, query);
      const sessions = await sessionList.list(query.user_id, page);
      return cursors.present(list, sessions, presentSession);
    },
  });
}

function listSessionsOfUser({ sessionList, cursors }: SessionRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/users/{userId}/sessions',
    scopes: ['sessions:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'List the active sessions of a user, most recent first.',
    params: { userId },
    query: z.strictObject(pageMembers),
    responses: { 200: pageOf(session), 404: problem('user_not_found') },
    async handle({ params, query, list }) {
      const sessions = await sessionList.list(params.userId, cursors.pageOf(list, query));
      return cursors.present(list, sessions, presentSession);
    },
  });
}

function endSession({ blocking }: SessionRouteDependencies): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/sessions/{sessionUid}',
    scopes: ['sessions:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'End a session and revoke its tokens.',
    params: { sessionUid },
    responses: { 200: receipt, 403: problem('forbidden'), 404: problem('not_found') },
    async handle({ params, caller }) {
      return presentReceipt(await blocking.endSession(params.sessionUid, caller.actor));
    },
  });
}

function signEveryoneOut({ blocking, requestOrigin }: SessionRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/sign-everyone-out',
    scopes: ['users:write', 'sessions:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'End every session, grant and token of all users, including the token of the caller.',
    params: {},
    body: z.strictObject({ reason: sentence.optional() }),
    responses: { 200: receipt, 202: waiting },
    async handle({ body, caller }) {
      noteReason(requestOrigin, body.reason);
      return presentReceipt(await blocking.signEveryoneOut(caller.actor));
    },
  });
}
