// Management API for the members and the roles of groups.
import { z } from 'zod';
import { administratorOf, roleId, roleReference } from '#core/access-control/administrator.api.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { pageOf, problem, timestamp } from '#http/api/responses.ts';
import { pageMembers, uuid } from '#http/api/schemas.ts';
import { userId } from '#http/api/parameters.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { group, groupIdParameter, type GroupRouteDependencies } from './groups.api.ts';
import type { GroupService } from './groups.service.ts';
import { presentGroup, presentMember } from './present-group.ts';

const member = z.strictObject({ user_id: z.string(), email: z.string(), added_at: timestamp });

const rateLimit = unlimited('authenticatedCaller');
const groupId = groupIdParameter;
const responses = {
  200: group,
  403: problem('forbidden'),
  404: problem('not_found', 'user_not_found'),
};

export function groupMemberRoutes(dependencies: GroupRouteDependencies): readonly Route[] {
  const { groupService } = dependencies;
  return [
    listMembers(dependencies),
    addMember(groupService),
    removeMember(groupService),
    addRole(groupService),
    removeRole(groupService),
  ];
}

function listMembers({ groupService, cursors }: GroupRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/groups/{groupId}/members',
    scopes: ['groups:read'],
    rateLimit,
    summary: 'List the members of a group.',
    params: { groupId },
    query: z.strictObject(pageMembers),
    responses: { 200: pageOf(member), 404: problem('not_found') },
    async handle({ params, query, list }) {
      const page = await groupService.listMembers(params.groupId, cursors.pageOf(list, query));
      return cursors.present(list, page, presentMember);
    },
  });
}

function addMember(groupService: GroupService): Route {
  return defineRoute({
    method: 'POST',
    path: '/groups/{groupId}/members',
    scopes: ['groups:write'],
    rateLimit,
    summary: 'Add a user to a group.',
    params: { groupId },
    body: z.strictObject({ user_id: uuid }),
    responses,
    async handle({ params, body, caller }) {
      await groupService.addMember(params.groupId, body.user_id, administratorOf(caller));
      return presentGroup(await groupService.find(params.groupId));
    },
  });
}

function removeMember(groupService: GroupService): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/groups/{groupId}/members/{userId}',
    scopes: ['groups:write'],
    rateLimit,
    summary: 'Remove a user from a group.',
    params: { groupId, userId },
    responses,
    async handle({ params, caller }) {
      await groupService.removeMember(params.groupId, params.userId, administratorOf(caller));
      return presentGroup(await groupService.find(params.groupId));
    },
  });
}

function addRole(groupService: GroupService): Route {
  return defineRoute({
    method: 'POST',
    path: '/groups/{groupId}/roles',
    scopes: ['groups:write'],
    rateLimit,
    summary: 'Give all members of a group a role.',
    params: { groupId },
    body: z.strictObject({ role: roleReference }),
    responses,
    async handle({ params, body, caller }) {
      await groupService.addRole(params.groupId, body.role, administratorOf(caller));
      return presentGroup(await groupService.find(params.groupId));
    },
  });
}

function removeRole(groupService: GroupService): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/groups/{groupId}/roles/{roleId}',
    scopes: ['groups:write'],
    rateLimit,
    summary: 'Take a role away from the members of a group.',
    params: { groupId, roleId },
    responses,
    async handle({ params, caller }) {
      await groupService.removeRole(params.groupId, params.roleId, administratorOf(caller));
      return presentGroup(await groupService.find(params.groupId));
    },
  });
}
