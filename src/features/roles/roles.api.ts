// Management API for roles and their permissions.
import { z } from 'zod';
import { administratorOf, roleId } from '#core/access-control/administrator.api.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { pageOf, problem, timestamp } from '#http/api/responses.ts';
import { clientId, pageMembers } from '#http/api/schemas.ts';
import type { Cursors } from '#http/api/cursors.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { cutPage } from '#platform/paging.ts';
import { presentRole, presentRoleRow } from './present-role.ts';
import { description, permissionScopes, roleName } from './roles.ts';
import type { RoleService } from './roles.service.ts';

export interface RoleRouteDependencies {
  readonly roleService: RoleService;
  readonly cursors: Cursors;
}

const roleRow = z.strictObject({
  id: z.string(),
  name: z.string(),
  client_id: z.string().nullable(),
  description: z.string().nullable(),
  created_at: timestamp,
});

const role = roleRow.extend({
  built_in: z.boolean(),
  permissions: z.array(z.strictObject({ audience: z.string(), scopes: z.array(z.string()) })),
});

const permission = z.strictObject({
  audience: z.string().min(1).max(2000).describe('the audience of an API'),
  scopes: permissionScopes,
});

const rateLimit = unlimited('authenticatedCaller');
const params = { roleId };

export function roleRoutes(dependencies: RoleRouteDependencies): readonly Route[] {
  const { roleService } = dependencies;
  return [
    listRoles(dependencies),
    createRole(roleService),
    showRole(roleService),
    describeRole(roleService),
    deleteRole(roleService),
    addPermission(roleService),
    removePermission(roleService),
  ];
}

function listRoles({ roleService, cursors }: RoleRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/roles',
    scopes: ['roles:read'],
    rateLimit,
    summary: 'List roles, of all clients or of one.',
    params: {},
    query: z.strictObject({ client_id: clientId.optional(), ...pageMembers }),
    responses: { 200: pageOf(roleRow) },
    async handle({ query, list }) {
      const { after, limit } = cursors.pageOf(list, query);
      const options = { after: after?.[0], clientId: query.client_id, limit: limit + 1 };
      const page = cutPage(await roleService.list(options), limit, ({ id }) => [id]);
      return cursors.present(list, page, presentRoleRow);
    },
  });
}

function createRole(roleService: RoleService): Route {
  return defineRoute({
    method: 'POST',
    path: '/roles',
    scopes: ['roles:write'],
    rateLimit,
    summary: 'Create a role, for all clients or for one.',
    params: {},
    body: z.strictObject({
      name: roleName,
      client_id: clientId.optional(),
      description: description.optional(),
    }),
    responses: { 200: role, 404: problem('client_not_found'), 409: problem('conflict') },
    async handle({ body, caller }) {
      const { name, client_id: client, description: text } = body;
      const created = { name, clientId: client, description: text };
      return presentRole(await roleService.create(created, administratorOf(caller)));
    },
  });
}

function showRole(roleService: RoleService): Route {
  return defineRoute({
    method: 'GET',
    path: '/roles/{roleId}',
    scopes: ['roles:read'],
    rateLimit,
    summary: 'Show a role and the permissions that it grants.',
    params,
    responses: { 200: role, 404: problem('not_found') },
    handle: async ({ params: { roleId: id } }) => presentRole(await roleService.show(id)),
  });
}

function describeRole(roleService: RoleService): Route {
  return defineRoute({
    method: 'PUT',
    path: '/roles/{roleId}',
    scopes: ['roles:write'],
    rateLimit,
    summary: 'Change the description of a role.',
    params,
    body: z.strictObject({ description: description.nullable() }),
    responses: {
      200: role,
      403: problem('forbidden'),
      404: problem('not_found'),
      409: problem('conflict'),
    },
    async handle({ params: { roleId: id }, body, caller }) {
      const text = body.description ?? undefined;
      return presentRole(await roleService.describe(id, text, administratorOf(caller)));
    },
  });
}

function deleteRole(roleService: RoleService): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/roles/{roleId}',
    scopes: ['roles:write'],
    rateLimit,
    summary: 'Delete a role; everyone who has it loses it at once.',
    params,
    responses: {
      200: z.strictObject({ id: z.string(), deleted: z.literal(true) }),
      403: problem('forbidden'),
      404: problem('not_found'),
      409: problem('conflict'),
    },
    async handle({ params: { roleId: id }, caller }) {
      await roleService.remove(id, administratorOf(caller));
      return { id, deleted: true as const };
    },
  });
}

function addPermission(roleService: RoleService): Route {
  return defineRoute({
    method: 'POST',
    path: '/roles/{roleId}/permissions',
    scopes: ['roles:write'],
    rateLimit,
    summary: 'Add scopes of an API to a role.',
    params,
    body: permission,
    responses: {
      200: role,
      403: problem('forbidden'),
      404: problem('not_found'),
      409: problem('conflict'),
    },
    async handle({ params: { roleId: id }, body, caller }) {
      return presentRole(await roleService.addPermission(id, body, administratorOf(caller)));
    },
  });
}

function removePermission(roleService: RoleService): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/roles/{roleId}/permissions',
    scopes: ['roles:write'],
    rateLimit,
    summary: 'Take scopes of an API away from a role.',
    params,
    body: permission,
    responses: {
      200: role,
      403: problem('forbidden'),
      404: problem('not_found'),
      409: problem('conflict'),
    },
    async handle({ params: { roleId: id }, body, caller }) {
      return presentRole(await roleService.removePermission(id, body, administratorOf(caller)));
    },
  });
}
