// Management API for sessions: list them, end one, and end all of them in an emergency.
import { z } from 'zod';
import type { Cursors } from '#http/api/cursors.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { nothing, pageMembers, uuid } from '#http/api/schemas.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { SessionList, ShownSession } from './session-list.service.ts';
import { sessionUid, userId } from '#http/api/ids.ts';
import { presentReceipt } from '#core/revocation/receipts.api.ts';

export interface SessionRouteDependencies {
  readonly sessionList: SessionList;
  readonly blocking: Blocking;
  readonly cursors: Cursors;
}

export function sessionRoutes(dependencies: SessionRouteDependencies): readonly Route[] {
  const { sessionList, blocking, cursors } = dependencies;
  return [
    defineRoute({
      method: 'GET',
      path: 'sessions',
      scopes: ['sessions:read'],
      summary: 'List live sessions of one user or of all users, most recent first.',
      query: z.strictObject({ user_id: uuid.optional().describe('a UUID'), ...pageMembers }),
      body: nothing,
      async handle({ query, list }) {
        const page = cursors.pageOf(list, query);
        const sessions = await sessionList.list(query.user_id, page);
        return cursors.present(list, sessions, presentSession);
      },
    }),
    defineRoute({
      method: 'GET',
      path: 'users/{id}/sessions',
      scopes: ['sessions:read'],
      summary: 'List the live sessions of a user, most recent first.',
      id: userId,
      query: z.strictObject(pageMembers),
      body: nothing,
      async handle({ id, query, list }) {
        const sessions = await sessionList.list(id, cursors.pageOf(list, query));
        return cursors.present(list, sessions, presentSession);
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: 'sessions/{id}',
      scopes: ['sessions:write'],
      summary: 'End a session and revoke its tokens.',
      id: sessionUid,
      query: nothing,
      body: nothing,
      async handle({ id, caller }) {
        return presentReceipt(await blocking.endSession(id, caller.actor));
      },
    }),
    defineRoute({
      method: 'POST',
      path: 'sign-everyone-out',
      scopes: ['users:write', 'sessions:write'],
      summary:
        'End every session, grant and token of all users, including the token of the caller.',
      query: nothing,
      body: nothing,
      async handle({ caller }) {
        return presentReceipt(await blocking.signEveryoneOut(caller.actor));
      },
    }),
  ];
}

export function presentSession(session: ShownSession) {
  return {
    uid: session.uid,
    user_id: session.userId,
    device: session.deviceName ?? null,
    address: session.address ?? null,
    country: session.country ?? null,
    amr: [...session.amr],
    signed_in_at: session.signedInAt?.toISOString() ?? null,
    first_used_at: session.createdAt.toISOString(),
    last_used_at: session.lastUsedAt.toISOString(),
    expires_at: session.expiresAt.toISOString(),
    apps: session.apps.map(({ clientId, name }) => ({ client_id: clientId, name })),
  };
}
