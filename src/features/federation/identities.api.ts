// Management API for the external identities of users: lists them and unlinks one.
import { z } from 'zod';
import { presentIdentity } from './identities.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { problem, timestamp } from '#http/api/responses.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { requireUser } from '#core/users/users.api.ts';
import type { Identities } from './identities.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { identityId, notFound, userId } from '#http/api/parameters.ts';

export interface IdentityRouteDependencies {
  readonly users: UserStore;
  readonly identities: Identities;
}

const identity = z.strictObject({
  id: z.string(),
  provider: z.string(),
  issuer: z.string(),
  subject: z.string(),
  email: z.string().nullable(),
  linked_at: timestamp,
  last_used_at: timestamp.nullable(),
});

export function identityRoutes(dependencies: IdentityRouteDependencies): readonly Route[] {
  return [listIdentities(dependencies), unlinkIdentity(dependencies)];
}

function listIdentities({ users, identities }: IdentityRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/users/{userId}/identities',
    scopes: ['users:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'List the external identities of a user, oldest first.',
    params: { userId },
    responses: {
      200: z.strictObject({ items: z.array(identity) }),
      404: problem('user_not_found'),
    },
    async handle({ params }) {
      await requireUser(users, params.userId);
      return { items: (await identities.list(params.userId)).map(presentIdentity) };
    },
  });
}

function unlinkIdentity({ users, identities }: IdentityRouteDependencies): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/users/{userId}/identities/{identityId}',
    scopes: ['users:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Unlink an external identity, even if it is the only sign-in method.',
    params: { userId, identityId },
    responses: {
      200: z.strictObject({ id: z.string(), removed: z.literal(true) }),
      403: problem('forbidden'),
      404: problem('user_not_found', 'not_found'),
    },
    async handle({ params, caller }) {
      await requireUser(users, params.userId);
      const { userId: owner, identityId: id } = params;
      const removed = await identities.remove(owner, id, caller.actor);
      if (!removed) throw notFound(identityId);
      return { id, removed: true } as const;
    },
  });
}
