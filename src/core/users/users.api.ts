// Management API for users: show, block, unblock, sign out and revoke.
import { z } from 'zod';
import { AppError } from '#platform/errors.ts';
import type { User } from './users.ts';
import { tagOf } from '#http/api/conditions.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { jsonObject, problem, timestamp } from '#http/api/responses.ts';
import { instant, sentence } from '#http/api/schemas.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { BlockNote, UserStore } from './users.store.ts';
import { notFound, userId } from '#http/api/parameters.ts';
import { receipt } from '#core/revocation/receipts.api.ts';
import { presentReceipt } from '#core/revocation/receipts.ts';

export interface UserRouteDependencies {
  readonly users: UserStore;
  readonly blocking: Blocking;
  readonly now: () => Date;
}

const block = z.strictObject({
  reason: sentence,
  until: instant.optional().describe('a date and time in the future'),
});

/** A user in the responses of the management API. */
export const shownUser = z.strictObject({
  id: z.string(),
  email: z.string(),
  email_verified: z.boolean(),
  /** Claims are spelled as on the wire. */
  claims: jsonObject,
  roles: z.array(z.string()),
  blocked_at: timestamp.nullable(),
  blocked_until: timestamp.nullable(),
  blocked_reason: z.string().nullable(),
  blocked_by: z.string().nullable(),
  created_at: timestamp,
  updated_at: timestamp,
});

export function userRoutes(dependencies: UserRouteDependencies): readonly Route[] {
  return [
    showUser(dependencies),
    blockUser(dependencies),
    unblockUser(dependencies),
    revokeTokensOfUser(dependencies),
    endSessionsOfUser(dependencies),
  ];
}

/** @throws AppError `user_not_found` */
export async function requireUser(users: Pick<UserStore, 'findById'>, id: string): Promise<User> {
  const user = await users.findById(id);
  if (!user) throw notFound(userId);
  return user;
}

function showUser({ users }: UserRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/users/{userId}',
    scopes: ['users:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Show a user; the ETag is needed to change it.',
    params: { userId },
    responses: { 200: shownUser, 404: problem('user_not_found') },
    async handle({ params, tag }) {
      const { userId: id } = params;
      const [user, note] = await Promise.all([requireUser(users, id), users.findBlockNote(id)]);
      const shown = presentUser(user, note);
      tag(tagOf(shown));
      return shown;
    },
  });
}

function blockUser({ users, blocking, now }: UserRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/users/{userId}/block',
    scopes: ['users:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Block a user and revoke every session, grant and token.',
    params: { userId },
    body: block,
    responses: { 200: receipt, 403: problem('forbidden'), 404: problem('user_not_found') },
    async handle({ params, body, caller }) {
      if (body.until && body.until <= now()) {
        throw new AppError('invalid_input', 'Invalid request body: "until" has passed.');
      }
      await requireUser(users, params.userId);
      return presentReceipt(await blocking.blockUser({ ...params, ...body, by: caller.actor }));
    },
  });
}

function unblockUser({ users, blocking }: UserRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/users/{userId}/unblock',
    scopes: ['users:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Unblock a user. Sessions and tokens from before the block stay revoked.',
    params: { userId },
    responses: {
      200: receipt,
      403: problem('forbidden'),
      404: problem('user_not_found'),
      409: problem('conflict'),
    },
    async handle({ params, caller }) {
      await requireUser(users, params.userId);
      return presentReceipt(await blocking.unblockUser(params.userId, caller.actor));
    },
  });
}

function revokeTokensOfUser({ users, blocking }: UserRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/users/{userId}/revoke-tokens',
    scopes: ['users:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Revoke every session, grant and token of a user, who may sign in again.',
    params: { userId },
    responses: { 200: receipt, 403: problem('forbidden'), 404: problem('user_not_found') },
    async handle({ params, caller }) {
      await requireUser(users, params.userId);
      return presentReceipt(await blocking.revokeEverythingOf(params.userId, caller.actor));
    },
  });
}

function endSessionsOfUser({ users, blocking }: UserRouteDependencies): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/users/{userId}/sessions',
    scopes: ['sessions:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'End every session of a user.',
    params: { userId },
    responses: { 200: receipt, 403: problem('forbidden'), 404: problem('user_not_found') },
    async handle({ params, caller }) {
      await requireUser(users, params.userId);
      return presentReceipt(await blocking.endSessionsOf(params.userId, caller.actor));
    },
  });
}

/** The entity tag of a user is also computed from this representation. */
export function presentUser(user: User, note: BlockNote | undefined): z.input<typeof shownUser> {
  return {
    id: user.id,
    email: user.email,
    email_verified: user.emailVerified,
    claims: { ...user.claims },
    roles: [...user.roles],
    blocked_at: user.blockedAt?.toISOString() ?? null,
    blocked_until: user.blockedUntil?.toISOString() ?? null,
    blocked_reason: note?.reason ?? null,
    blocked_by: note?.by ?? null,
    created_at: user.createdAt.toISOString(),
    updated_at: user.updatedAt.toISOString(),
  };
}
