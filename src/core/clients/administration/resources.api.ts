// Management API for API resources, the audiences of access tokens (RFC 8707). Tokens that were
// issued before a change keep their scopes and format.
import { z } from 'zod';
import type { Config } from '#config/config.ts';
import type { ApiResourceStore } from '#core/clients/api-resources.store.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import { managementAudience } from '#core/clients/scopes.ts';
import { requireMatch, tagOf } from '#http/api/conditions.ts';
import { notFound, type PathParameter } from '#http/api/parameters.ts';
import { problem } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { ResourceAdministration } from './resource-administration.service.ts';
import {
  changesFrom,
  newResource,
  present,
  resourceChange,
  resourceFrom,
  shownResource,
} from './resource-json.api.ts';

export interface ResourceRouteDependencies {
  readonly clients: Clients;
  readonly apiResources: ApiResourceStore;
  readonly resourceAdministration: ResourceAdministration;
  readonly config: Config;
}

/** The audience in base64url, because it contains slashes. */
const resourceId: PathParameter = {
  example: 'aHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20',
  pattern: /^[\w-]{1,2700}$/,
  notFound: { code: 'not_found', message: 'API resource not found.' },
};

export function resourceRoutes(dependencies: ResourceRouteDependencies): readonly Route[] {
  return [
    listResources(dependencies),
    createResource(dependencies),
    showResource(dependencies),
    updateResource(dependencies),
    deleteResource(dependencies),
  ];
}

function listResources(dependencies: ResourceRouteDependencies): Route {
  const { apiResources, clients, config } = dependencies;
  return defineRoute({
    method: 'GET',
    path: '/resources',
    scopes: ['resources:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'List the API resources, with the management API first.',
    params: {},
    responses: { 200: z.strictObject({ items: z.array(shownResource) }) },
    async handle() {
      const audience = managementAudience(config.issuer);
      const builtIn = await clients.findResource(audience);
      const others = (await apiResources.list()).filter((each) => each.audience !== audience);
      const all = [...(builtIn ? [builtIn] : []), ...others];
      return { items: all.map((each) => present(each, config)) };
    },
  });
}

function createResource({ resourceAdministration, config }: ResourceRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/resources',
    scopes: ['resources:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Create an API resource, for which clients can then request access tokens.',
    params: {},
    body: newResource,
    responses: {
      201: shownResource,
      409: problem('conflict'),
      422: problem('idempotency_key_reused'),
    },
    handle: ({ body, caller, creates }) =>
      creates(async (keep) => {
        const resource = await resourceFrom(body);
        const shown = present(resource, config);
        const location = `/resources/${shown.id}`;
        await resourceAdministration.create(resource, caller.actor, (tx) =>
          keep(tx, { location, answer: shown }),
        );
        return shown;
      }),
  });
}

function showResource({ clients, config }: ResourceRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/resources/{resourceId}',
    scopes: ['resources:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Show an API resource; the ETag is needed to change it.',
    params: { resourceId },
    responses: { 200: shownResource, 404: problem('not_found') },
    async handle({ params, tag }) {
      const found = await clients.findResource(audienceOf(params.resourceId));
      if (!found) throw notFound(resourceId);
      const shown = present(found, config);
      tag(tagOf(shown));
      return shown;
    },
  });
}

function updateResource({ resourceAdministration, config }: ResourceRouteDependencies): Route {
  return defineRoute({
    method: 'PATCH',
    path: '/resources/{resourceId}',
    scopes: ['resources:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Change an API resource, with If-Match; the management API cannot be changed.',
    params: { resourceId },
    body: resourceChange,
    responses: {
      200: shownResource,
      404: problem('not_found'),
      409: problem('conflict'),
      412: problem('precondition_failed'),
      428: problem('precondition_required'),
    },
    async handle({ params, body, caller, conditions, tag }) {
      const audience = audienceOf(params.resourceId);
      const changes = await changesFrom(body);
      const updated = await resourceAdministration.update(audience, changes, {
        by: caller.actor,
        check: (before) => requireMatch(conditions, tagOf(present(before, config))),
      });
      const shown = present(updated, config);
      tag(tagOf(shown));
      return shown;
    },
  });
}

function deleteResource({ resourceAdministration }: ResourceRouteDependencies): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/resources/{resourceId}',
    scopes: ['resources:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Delete an API resource; clients can no longer request tokens for it.',
    params: { resourceId },
    responses: {
      200: z.strictObject({ id: z.string(), deleted: z.literal(true) }),
      404: problem('not_found'),
    },
    async handle({ params, caller }) {
      await resourceAdministration.remove(audienceOf(params.resourceId), caller.actor);
      return { id: params.resourceId, deleted: true } as const;
    },
  });
}

function audienceOf(id: string): string {
  return Buffer.from(id, 'base64url').toString();
}
