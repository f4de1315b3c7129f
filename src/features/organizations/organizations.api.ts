// Management API for organizations.
import { z } from 'zod';
import { administratorOf } from '#core/access-control/administrator.api.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { pageOf, problem, timestamp } from '#http/api/responses.ts';
import { pageMembers } from '#http/api/schemas.ts';
import type { Cursors } from '#http/api/cursors.ts';
import type { PathParameter } from '#http/api/parameters.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { uuidPattern } from '#platform/uuid.ts';
import { displayName, organizationName } from './organizations.ts';
import type { OrganizationService } from './organizations.service.ts';
import { presentOrganization } from './present-organization.ts';

export interface OrganizationRouteDependencies {
  readonly organizationService: OrganizationService;
  readonly cursors: Cursors;
}

export const organizationIdParameter: PathParameter = {
  pattern: uuidPattern,
  notFound: { code: 'not_found', message: 'Organization not found.' },
};

export const organization = z.strictObject({
  id: z.string(),
  name: z.string(),
  display_name: z.string(),
  member_count: z.number(),
  created_at: timestamp,
});

const rateLimit = unlimited('authenticatedCaller');
const params = { organizationId: organizationIdParameter };

function readNames({ name, display_name: shown }: { name: string; display_name: string }) {
  return { name, displayName: shown };
}

export function organizationRoutes(dependencies: OrganizationRouteDependencies): readonly Route[] {
  const { organizationService } = dependencies;
  return [
    listOrganizations(dependencies),
    createOrganization(organizationService),
    showOrganization(organizationService),
    updateOrganization(organizationService),
    deleteOrganization(organizationService),
  ];
}

function listOrganizations({ organizationService, cursors }: OrganizationRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/organizations',
    scopes: ['organizations:read'],
    rateLimit,
    summary: 'List organizations by name.',
    params: {},
    query: z.strictObject(pageMembers),
    responses: { 200: pageOf(organization) },
    async handle({ query, list }) {
      const page = await organizationService.list(cursors.pageOf(list, query));
      return cursors.present(list, page, presentOrganization);
    },
  });
}

function createOrganization(organizationService: OrganizationService): Route {
  return defineRoute({
    method: 'POST',
    path: '/organizations',
    scopes: ['organizations:write'],
    rateLimit,
    summary: 'Create an organization.',
    params: {},
    body: z.strictObject({ name: organizationName, display_name: displayName }),
    responses: { 200: organization, 409: problem('conflict') },
    handle: async ({ body, caller }) =>
      presentOrganization(
        await organizationService.create(readNames(body), administratorOf(caller)),
      ),
  });
}

function showOrganization(organizationService: OrganizationService): Route {
  return defineRoute({
    method: 'GET',
    path: '/organizations/{organizationId}',
    scopes: ['organizations:read'],
    rateLimit,
    summary: 'Show an organization.',
    params,
    responses: { 200: organization, 404: problem('not_found') },
    handle: async ({ params: { organizationId } }) =>
      presentOrganization(await organizationService.find(organizationId)),
  });
}

function updateOrganization(organizationService: OrganizationService): Route {
  return defineRoute({
    method: 'PUT',
    path: '/organizations/{organizationId}',
    scopes: ['organizations:write'],
    rateLimit,
    summary: 'Change the names of an organization.',
    params,
    body: z.strictObject({ name: organizationName, display_name: displayName }),
    responses: {
      200: organization,
      403: problem('forbidden'),
      404: problem('not_found'),
      409: problem('conflict'),
    },
    async handle({ params: { organizationId }, body, caller }) {
      const changes = readNames(body);
      return presentOrganization(
        await organizationService.update(organizationId, changes, administratorOf(caller)),
      );
    },
  });
}

function deleteOrganization(organizationService: OrganizationService): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/organizations/{organizationId}',
    scopes: ['organizations:write'],
    rateLimit,
    summary: 'Delete an organization; sessions and tokens for it end at once.',
    params,
    responses: {
      200: z.strictObject({ id: z.string(), deleted: z.literal(true) }),
      403: problem('forbidden'),
      404: problem('not_found'),
    },
    async handle({ params: { organizationId }, caller }) {
      await organizationService.remove(organizationId, administratorOf(caller));
      return { id: organizationId, deleted: true as const };
    },
  });
}
