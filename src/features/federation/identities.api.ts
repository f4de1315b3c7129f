// Management API for the external identities of users: lists them and unlinks one.
import type { Identity } from './identities.ts';
import { AppError } from '#platform/errors.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { nothing } from '#http/api/schemas.ts';
import type { Identities } from './identities.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { identityId, userId } from '#http/api/ids.ts';

export interface IdentityRouteDependencies {
  readonly users: UserStore;
  readonly identities: Identities;
}

export function identityRoutes(dependencies: IdentityRouteDependencies): readonly Route[] {
  const { users, identities } = dependencies;

  /** @throws AppError `user_not_found` */
  async function requireUser(id: string): Promise<void> {
    if (!(await users.findById(id))) throw new AppError(userId.code, userId.message);
  }

  return [
    defineRoute({
      method: 'GET',
      path: 'users/{id}/identities',
      scopes: ['users:read'],
      summary: 'List the external identities of a user, oldest first.',
      id: userId,
      query: nothing,
      body: nothing,
      async handle({ id }) {
        await requireUser(id);
        return { items: (await identities.list(id)).map(present) };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: 'users/{id}/identities/{identityId}',
      scopes: ['users:write'],
      summary: 'Unlink an external identity, even if it is the only sign-in method.',
      id: userId,
      part: identityId,
      query: nothing,
      body: nothing,
      async handle({ id, partId, caller }) {
        await requireUser(id);
        const removed = await identities.remove(id, partId, caller.actor);
        if (!removed) throw new AppError(identityId.code, identityId.message);
        return { id: partId, removed: true };
      },
    }),
  ];
}

function present({ id, providerId, issuer, subject, email, linkedAt, lastUsedAt }: Identity) {
  return {
    id,
    provider: providerId,
    issuer,
    subject,
    email: email ?? null,
    linked_at: linkedAt.toISOString(),
    last_used_at: lastUsedAt?.toISOString() ?? null,
  };
}
