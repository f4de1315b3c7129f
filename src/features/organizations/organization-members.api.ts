// Management API for the members of organizations and the roles that they have there.
import { z } from 'zod';
import { administratorOf, roleId, roleReference } from '#core/access-control/administrator.api.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { pageOf, problem, timestamp } from '#http/api/responses.ts';
import { pageMembers, uuid } from '#http/api/schemas.ts';
import { userId } from '#http/api/parameters.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import {
  organization,
  organizationIdParameter,
  type OrganizationRouteDependencies,
} from './organizations.api.ts';
import type { OrganizationService } from './organizations.service.ts';
import { presentOrganization, presentOrganizationMember } from './present-organization.ts';

const member = z.strictObject({
  user_id: z.string(),
  email: z.string(),
  roles: z.array(z.string()),
  added_at: timestamp,
});

const rateLimit = unlimited('authenticatedCaller');
const organizationId = organizationIdParameter;
const responses = {
  200: organization,
  403: problem('forbidden'),
  404: problem('not_found', 'user_not_found'),
};

const roleResponses = { ...responses, 409: problem('conflict') };

function subjectOf(params: { readonly organizationId: string; readonly userId: string }) {
  return { organization: params.organizationId, userId: params.userId };
}

export function organizationMemberRoutes(
  dependencies: OrganizationRouteDependencies,
): readonly Route[] {
  const { organizationService } = dependencies;
  return [
    listMembers(dependencies),
    addMember(organizationService),
    removeMember(organizationService),
    addRole(organizationService),
    removeRole(organizationService),
  ];
}

function listMembers({ organizationService, cursors }: OrganizationRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/organizations/{organizationId}/members',
    scopes: ['organizations:read'],
    rateLimit,
    summary: 'List the members of an organization.',
    params: { organizationId },
    query: z.strictObject(pageMembers),
    responses: { 200: pageOf(member), 404: problem('not_found') },
    async handle({ params, query, list }) {
      const page = await organizationService.listMembers(
        params.organizationId,
        cursors.pageOf(list, query),
      );
      return cursors.present(list, page, presentOrganizationMember);
    },
  });
}

function addMember(organizationService: OrganizationService): Route {
  return defineRoute({
    method: 'POST',
    path: '/organizations/{organizationId}/members',
    scopes: ['organizations:write'],
    rateLimit,
    summary: 'Add a user to an organization.',
    params: { organizationId },
    body: z.strictObject({ user_id: uuid }),
    responses,
    async handle({ params, body, caller }) {
      await organizationService.addMember(
        { organization: params.organizationId, userId: body.user_id },
        administratorOf(caller),
      );
      return presentOrganization(await organizationService.find(params.organizationId));
    },
  });
}

function removeMember(organizationService: OrganizationService): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/organizations/{organizationId}/members/{userId}',
    scopes: ['organizations:write'],
    rateLimit,
    summary: 'Remove a user from an organization, with the roles in it.',
    params: { organizationId, userId },
    responses,
    async handle({ params, caller }) {
      await organizationService.removeMember(subjectOf(params), administratorOf(caller));
      return presentOrganization(await organizationService.find(params.organizationId));
    },
  });
}

function addRole(organizationService: OrganizationService): Route {
  return defineRoute({
    method: 'POST',
    path: '/organizations/{organizationId}/members/{userId}/roles',
    scopes: ['organizations:write'],
    rateLimit,
    summary: 'Give a member of an organization a role in it.',
    params: { organizationId, userId },
    body: z.strictObject({ role: roleReference }),
    responses: roleResponses,
    async handle({ params, body, caller }) {
      await organizationService.addRole(
        { ...subjectOf(params), role: body.role },
        administratorOf(caller),
      );
      return presentOrganization(await organizationService.find(params.organizationId));
    },
  });
}

function removeRole(organizationService: OrganizationService): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/organizations/{organizationId}/members/{userId}/roles/{roleId}',
    scopes: ['organizations:write'],
    rateLimit,
    summary: 'Take a role in an organization away from a member.',
    params: { organizationId, userId, roleId },
    responses: roleResponses,
    async handle({ params, caller }) {
      await organizationService.removeRole(
        { ...subjectOf(params), role: params.roleId },
        administratorOf(caller),
      );
      return presentOrganization(await organizationService.find(params.organizationId));
    },
  });
}
