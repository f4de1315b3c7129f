// Management API for groups.
import { z } from 'zod';
import { administratorOf } from '#core/access-control/administrator.api.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { pageOf, problem, timestamp } from '#http/api/responses.ts';
import { pageMembers } from '#http/api/schemas.ts';
import type { Cursors } from '#http/api/cursors.ts';
import type { PathParameter } from '#http/api/parameters.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { uuidPattern } from '#platform/uuid.ts';
import { groupName } from './groups.ts';
import type { GroupService } from './groups.service.ts';
import { presentGroup } from './present-group.ts';

export interface GroupRouteDependencies {
  readonly groupService: GroupService;
  readonly cursors: Cursors;
}

export const groupIdParameter: PathParameter = {
  pattern: uuidPattern,
  notFound: { code: 'not_found', message: 'Group not found.' },
};

export const group = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  roles: z.array(z.string()),
  member_count: z.number(),
  created_at: timestamp,
});

const description = z.string().trim().min(1).max(300).describe('a text of up to 300 characters');

const rateLimit = unlimited('authenticatedCaller');
const params = { groupId: groupIdParameter };

export function groupRoutes(dependencies: GroupRouteDependencies): readonly Route[] {
  const { groupService } = dependencies;
  return [
    listGroups(dependencies),
    createGroup(groupService),
    showGroup(groupService),
    updateGroup(groupService),
    deleteGroup(groupService),
  ];
}

function listGroups({ groupService, cursors }: GroupRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/groups',
    scopes: ['groups:read'],
    rateLimit,
    summary: 'List groups by name.',
    params: {},
    query: z.strictObject(pageMembers),
    responses: { 200: pageOf(group) },
    async handle({ query, list }) {
      const page = await groupService.list(cursors.pageOf(list, query));
      return cursors.present(list, page, presentGroup);
    },
  });
}

function createGroup(groupService: GroupService): Route {
  return defineRoute({
    method: 'POST',
    path: '/groups',
    scopes: ['groups:write'],
    rateLimit,
    summary: 'Create a group.',
    params: {},
    body: z.strictObject({ name: groupName, description: description.optional() }),
    responses: { 200: group, 409: problem('conflict') },
    handle: async ({ body, caller }) =>
      presentGroup(await groupService.create(body, administratorOf(caller))),
  });
}

function showGroup(groupService: GroupService): Route {
  return defineRoute({
    method: 'GET',
    path: '/groups/{groupId}',
    scopes: ['groups:read'],
    rateLimit,
    summary: 'Show a group.',
    params,
    responses: { 200: group, 404: problem('not_found') },
    handle: async ({ params: { groupId } }) => presentGroup(await groupService.find(groupId)),
  });
}

function updateGroup(groupService: GroupService): Route {
  return defineRoute({
    method: 'PUT',
    path: '/groups/{groupId}',
    scopes: ['groups:write'],
    rateLimit,
    summary: 'Change the name and the description of a group.',
    params,
    body: z.strictObject({ name: groupName, description: description.nullable() }),
    responses: {
      200: group,
      403: problem('forbidden'),
      404: problem('not_found'),
      409: problem('conflict'),
    },
    async handle({ params: { groupId }, body, caller }) {
      const changes = { name: body.name, description: body.description ?? undefined };
      return presentGroup(await groupService.update(groupId, changes, administratorOf(caller)));
    },
  });
}

function deleteGroup(groupService: GroupService): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/groups/{groupId}',
    scopes: ['groups:write'],
    rateLimit,
    summary: 'Delete a group; its members lose its roles at once.',
    params,
    responses: {
      200: z.strictObject({ id: z.string(), deleted: z.literal(true) }),
      403: problem('forbidden'),
      404: problem('not_found'),
    },
    async handle({ params: { groupId }, caller }) {
      await groupService.remove(groupId, administratorOf(caller));
      return { id: groupId, deleted: true as const };
    },
  });
}
