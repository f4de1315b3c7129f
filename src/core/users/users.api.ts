// Management API for users: show, block, unblock, sign out and revoke.
import { z } from 'zod';
import { AppError } from '#platform/errors.ts';
import type { User } from './users.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { instant, nothing, sentence } from '#http/api/schemas.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { BlockNote, UserStore } from './users.store.ts';
import { userId } from '#http/api/ids.ts';
import { presentReceipt } from '#core/revocation/receipts.api.ts';

export interface UserRouteDependencies {
  readonly users: UserStore;
  readonly blocking: Blocking;
  readonly now: () => Date;
}

const block = z.strictObject({
  reason: sentence,
  until: instant.optional().describe('a date and time in the future'),
});

export function userRoutes({ users, blocking, now }: UserRouteDependencies): readonly Route[] {
  /** @throws AppError `user_not_found` */
  async function requireUser(id: string): Promise<User> {
    const user = await users.findById(id);
    if (!user) throw new AppError(userId.code, userId.message);
    return user;
  }

  return [
    defineRoute({
      method: 'GET',
      path: 'users/{id}',
      scopes: ['users:read'],
      summary: 'Show a user.',
      id: userId,
      query: nothing,
      body: nothing,
      async handle({ id }) {
        const [user, note] = await Promise.all([requireUser(id), users.findBlockNote(id)]);
        return presentUser(user, note);
      },
    }),
    defineRoute({
      method: 'POST',
      path: 'users/{id}/block',
      scopes: ['users:write'],
      summary: 'Block a user and revoke every session, grant and token.',
      id: userId,
      query: nothing,
      body: block,
      async handle({ id, body: { reason, until }, caller: { actor: by } }) {
        if (until && until <= now()) {
          throw new AppError('invalid_input', 'Invalid request body: "until" has passed.');
        }
        return presentReceipt(await blocking.blockUser({ userId: id, reason, until, by }));
      },
    }),
    defineRoute({
      method: 'POST',
      path: 'users/{id}/unblock',
      scopes: ['users:write'],
      summary: 'Unblock a user. Sessions and tokens from before the block stay revoked.',
      id: userId,
      query: nothing,
      body: nothing,
      async handle({ id, caller }) {
        await requireUser(id);
        return presentReceipt(await blocking.unblockUser(id, caller.actor));
      },
    }),
    defineRoute({
      method: 'POST',
      path: 'users/{id}/revoke-tokens',
      scopes: ['users:write'],
      summary: 'Revoke every session, grant and token of a user, who may sign in again.',
      id: userId,
      query: nothing,
      body: nothing,
      async handle({ id, caller }) {
        return presentReceipt(await blocking.revokeEverythingOf(id, caller.actor));
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: 'users/{id}/sessions',
      scopes: ['sessions:write'],
      summary: 'End every session of a user.',
      id: userId,
      query: nothing,
      body: nothing,
      async handle({ id, caller }) {
        await requireUser(id);
        return presentReceipt(await blocking.endSessionsOf(id, caller.actor));
      },
    }),
  ];
}

/** Claims are spelled as on the wire. */
function presentUser(user: User, note: BlockNote | undefined) {
  return {
    id: user.id,
    email: user.email,
    email_verified: user.emailVerified,
    claims: user.claims,
    roles: [...user.roles],
    blocked_at: user.blockedAt?.toISOString() ?? null,
    blocked_until: user.blockedUntil?.toISOString() ?? null,
    blocked_reason: note?.reason ?? null,
    blocked_by: note?.by ?? null,
    created_at: user.createdAt.toISOString(),
    updated_at: user.updatedAt.toISOString(),
  };
}
