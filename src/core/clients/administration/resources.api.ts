// Management API for API resources, the audiences of access tokens (RFC 8707). Tokens that were
// issued before a change keep their scopes and format.
import { z } from 'zod';
import type { Config } from '#config/config.ts';
import type { ApiResource } from '#core/clients/clients.ts';
import type { ApiResourceStore } from '#core/clients/api-resources.store.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import { managementAudience } from '#core/clients/scopes.ts';
import { requireMatch, tagOf } from '#http/api/conditions.ts';
import { notFound, type PathParameter } from '#http/api/parameters.ts';
import { problem } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { AppError } from '#platform/errors.ts';
import type { ResourceAdministration } from './resource-administration.service.ts';
import { findScopeFault, isAudience, maxAccessTokenSeconds } from './resource-rules.ts';

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

/** RFC 6749 §3.3; enforced with a message of its own. */
const aboutScope = { pattern: String.raw`^[\x21\x23-\x5b\x5d-\x7e]+$` };
const scopes = z
  .array(z.string().max(200).meta(aboutScope))
  .min(1)
  .max(200)
  .describe('a list of scopes');
const format = z.enum(['opaque', 'jwt']).describe('opaque or jwt');
const seconds = z
  .int()
  .min(1)
  .max(maxAccessTokenSeconds)
  .nullable()
  .describe(`1 to ${maxAccessTokenSeconds}, or null for the default`);
const aboutRevocable = 'true to list its JWTs in a status list';
const revocable = z.boolean().describe(aboutRevocable);

const newResource = z.strictObject({
  audience: z.string().refine(isAudience).describe('an absolute URI without a fragment'),
  scopes,
  access_token_format: format.default('opaque').describe('opaque or jwt'),
  access_token_seconds: seconds
    .default(null)
    .describe(`1 to ${maxAccessTokenSeconds}, or null for the default`),
  revocable: revocable.default(false).describe(aboutRevocable),
});

const resourceChange = z.strictObject({
  scopes: scopes.optional().describe('a list of scopes'),
  access_token_format: format.optional().describe('opaque or jwt'),
  access_token_seconds: seconds
    .optional()
    .describe(`1 to ${maxAccessTokenSeconds}, or null for the default`),
  revocable: revocable.optional().describe(aboutRevocable),
});

const shownResource = z.strictObject({
  id: z.string(),
  audience: z.string(),
  scopes: z.array(z.string()),
  access_token_format: z.enum(['opaque', 'jwt']),
  access_token_seconds: z.int().nullable(),
  revocable: z.boolean(),
  built_in: z.boolean(),
});

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
        const resource = {
          audience: body.audience,
          scopes: requireScopes(body.scopes),
          accessTokenFormat: body.access_token_format,
          accessTokenSeconds: body.access_token_seconds ?? undefined,
          revocable: body.revocable,
        };
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
      const { scopes: wanted, access_token_format: form, access_token_seconds: life } = body;
      const { revocable: isRevocable } = body;
      const changes = {
        ...(wanted === undefined ? {} : { scopes: requireScopes(wanted) }),
        ...(form === undefined ? {} : { accessTokenFormat: form }),
        ...(life === undefined ? {} : { accessTokenSeconds: life ?? undefined }),
        ...(isRevocable === undefined ? {} : { revocable: isRevocable }),
      };
      const audience = audienceOf(params.resourceId);
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

/** @throws AppError `invalid_input` */
function requireScopes(wanted: readonly string[]): readonly string[] {
  const fault = findScopeFault(wanted);
  if (fault === undefined) return [...new Set(wanted)];
  throw new AppError('invalid_input', `Invalid request body: "scopes" ${fault}.`);
}

function audienceOf(id: string): string {
  return Buffer.from(id, 'base64url').toString();
}

function present(resource: ApiResource, { issuer }: Pick<Config, 'issuer'>) {
  const { audience, accessTokenFormat, accessTokenSeconds } = resource;
  return {
    id: Buffer.from(audience).toString('base64url'),
    audience,
    scopes: [...resource.scopes],
    access_token_format: accessTokenFormat,
    access_token_seconds: accessTokenSeconds ?? null,
    revocable: resource.revocable ?? false,
    built_in: audience === managementAudience(issuer),
  };
}
