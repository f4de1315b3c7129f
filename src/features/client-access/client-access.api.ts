// Management API for who may sign in to a client.
import { z } from 'zod';
import { administratorOf, roleReference } from '#core/access-control/administrator.api.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { problem } from '#http/api/responses.ts';
import { uuid } from '#http/api/schemas.ts';
import { clientId } from '#http/api/parameters.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { ClientAccessService } from './client-access.service.ts';
import { presentAccess } from './present-access.ts';

export interface ClientAccessRouteDependencies {
  readonly clientAccessService: ClientAccessService;
}

const maxRules = 100;

const access = z.strictObject({
  everyone: z.boolean(),
  roles: z.array(z.string()),
  groups: z.array(z.string()),
  organizations: z.array(z.string()),
});

const roles = z.array(roleReference).max(maxRules);
const ids = z.array(uuid).max(maxRules);

const rateLimit = unlimited('authenticatedCaller');

export function clientAccessRoutes(dependencies: ClientAccessRouteDependencies): readonly Route[] {
  return [showAccess(dependencies), setAccess(dependencies)];
}

function showAccess({ clientAccessService }: ClientAccessRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/clients/{clientId}/access',
    scopes: ['clients:read'],
    rateLimit,
    summary: 'Show who may sign in to a client.',
    params: { clientId },
    responses: { 200: access, 404: problem('client_not_found') },
    handle: async ({ params }) => presentAccess(await clientAccessService.show(params.clientId)),
  });
}

function setAccess({ clientAccessService }: ClientAccessRouteDependencies): Route {
  return defineRoute({
    method: 'PUT',
    path: '/clients/{clientId}/access',
    scopes: ['clients:write'],
    rateLimit,
    summary: 'Set who may sign in to a client: everyone, or users with one of the listed.',
    params: { clientId },
    body: z.strictObject({
      everyone: z.boolean(),
      roles: roles.default([]).describe('a list of ids of roles'),
      groups: ids.default([]).describe('a list of ids of groups'),
      organizations: ids.default([]).describe('a list of ids of organizations'),
    }),
    responses: { 200: access, 404: problem('client_not_found') },
    async handle({ params, body, caller }) {
      const { everyone, ...listed } = body;
      const next = everyone ? undefined : listed;
      const by = administratorOf(caller);
      return presentAccess(await clientAccessService.set(params.clientId, next, by));
    },
  });
}
