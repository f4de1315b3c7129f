// Management API for the roles of users.
import { z } from 'zod';
import { administratorOf, roleId, roleReference } from '#core/access-control/administrator.api.ts';
import { waiting } from '#core/approvals/approvals.api.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { requireUser } from '#core/users/users.api.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { problem } from '#http/api/responses.ts';
import { userId } from '#http/api/parameters.ts';
import { sentence } from '#http/api/schemas.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { noteReason, type RequestOriginSlot } from '#platform/request/request-origin.ts';
import type { RoleAdministration } from './role-administration.service.ts';

export interface UserRoleRouteDependencies {
  readonly users: UserStore;
  readonly roleAdministration: RoleAdministration;
  readonly requestOrigin: RequestOriginSlot;
}

const userRoles = z.strictObject({ user_id: z.string(), roles: z.array(z.string()) });

const rateLimit = unlimited('authenticatedCaller');

export function userRoleRoutes(dependencies: UserRoleRouteDependencies): readonly Route[] {
  return [listRoles(dependencies), grantRole(dependencies), withdrawRole(dependencies)];
}

async function present({ users }: UserRoleRouteDependencies, id: string) {
  const { roles } = await requireUser(users, id);
  return { user_id: id, roles: [...roles] };
}

function listRoles(dependencies: UserRoleRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/users/{userId}/roles',
    scopes: ['roles:read'],
    rateLimit,
    summary: 'List the roles that are assigned to a user directly.',
    params: { userId },
    responses: { 200: userRoles, 404: problem('user_not_found') },
    handle: ({ params }) => present(dependencies, params.userId),
  });
}

function grantRole(dependencies: UserRoleRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/users/{userId}/roles',
    scopes: ['roles:write'],
    rateLimit,
    summary: 'Assign a role to a user.',
    params: { userId },
    body: z.strictObject({ role: roleReference, reason: sentence.optional() }),
    responses: {
      200: userRoles,
      202: waiting,
      403: problem('forbidden'),
      404: problem('user_not_found', 'not_found'),
    },
    async handle({ params, body, caller }) {
      const by = administratorOf(caller);
      noteReason(dependencies.requestOrigin, body.reason);
      await dependencies.roleAdministration.grant(params.userId, body.role, by);
      return present(dependencies, params.userId);
    },
  });
}

function withdrawRole(dependencies: UserRoleRouteDependencies): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/users/{userId}/roles/{roleId}',
    scopes: ['roles:write'],
    rateLimit,
    summary: 'Withdraw a role from a user.',
    params: { userId, roleId },
    responses: {
      200: userRoles,
      403: problem('forbidden'),
      404: problem('user_not_found', 'not_found'),
    },
    async handle({ params, caller }) {
      const by = administratorOf(caller);
      await dependencies.roleAdministration.withdraw(params.userId, params.roleId, by);
      return present(dependencies, params.userId);
    },
  });
}
