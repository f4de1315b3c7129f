// How the management API reads and shows an API resource.
import { z } from 'zod';
import type { Config } from '#config/config.ts';
import type { ApiResource } from '#core/clients/clients.ts';
import {
  detailTypes,
  requireDetailTypes,
} from '#core/clients/authorization-details/detail-types.ts';
import { managementAudience } from '#core/clients/scopes.ts';
import { AppError } from '#platform/errors.ts';
import { findScopeFault, isAudience, maxAccessTokenSeconds } from './resource-rules.ts';

/** RFC 6749 §3.3; enforced separately, with a specific message. */
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

const aboutPermission = "true to limit tokens of users to the scopes that the users' roles permit";
const requiresPermission = z.boolean().describe(aboutPermission);

const types = detailTypes.max(20).describe('a list of types (RFC 9396)');

export const newResource = z.strictObject({
  audience: z.string().refine(isAudience).describe('an absolute URI without a fragment'),
  scopes,
  access_token_format: format.default('opaque').describe('opaque or jwt'),
  access_token_seconds: seconds
    .default(null)
    .describe(`1 to ${maxAccessTokenSeconds}, or null for the default`),
  authorization_details_types: types.default([]).describe('a list of types (RFC 9396)'),
  requires_permission: requiresPermission.default(false).describe(aboutPermission),
  revocable: revocable.default(false).describe(aboutRevocable),
});

export const resourceChange = z.strictObject({
  scopes: scopes.optional().describe('a list of scopes'),
  access_token_format: format.optional().describe('opaque or jwt'),
  access_token_seconds: seconds
    .optional()
    .describe(`1 to ${maxAccessTokenSeconds}, or null for the default`),
  authorization_details_types: types.optional().describe('a list of types (RFC 9396)'),
  requires_permission: requiresPermission.optional().describe(aboutPermission),
  revocable: revocable.optional().describe(aboutRevocable),
});

export const shownResource = z.strictObject({
  id: z.string(),
  audience: z.string(),
  scopes: z.array(z.string()),
  access_token_format: z.enum(['opaque', 'jwt']),
  access_token_seconds: z.int().nullable(),
  authorization_details_types: detailTypes,
  requires_permission: z.boolean(),
  revocable: z.boolean(),
  built_in: z.boolean(),
});

/** @throws AppError `invalid_input` */
export async function resourceFrom(body: z.output<typeof newResource>): Promise<ApiResource> {
  return {
    audience: body.audience,
    scopes: requireScopes(body.scopes),
    accessTokenFormat: body.access_token_format,
    accessTokenSeconds: body.access_token_seconds ?? undefined,
    detailTypes: await requireDetailTypes(body.authorization_details_types),
    requiresPermission: body.requires_permission,
    revocable: body.revocable,
  };
}

/** @throws AppError `invalid_input` */
export async function changesFrom(body: z.output<typeof resourceChange>) {
  const { scopes: wanted, access_token_format: form, access_token_seconds: life } = body;
  const { authorization_details_types: details, requires_permission: permission } = body;
  return {
    ...(wanted === undefined ? {} : { scopes: requireScopes(wanted) }),
    ...(form === undefined ? {} : { accessTokenFormat: form }),
    ...(life === undefined ? {} : { accessTokenSeconds: life ?? undefined }),
    ...(details === undefined ? {} : { detailTypes: await requireDetailTypes(details) }),
    ...(permission === undefined ? {} : { requiresPermission: permission }),
    ...(body.revocable === undefined ? {} : { revocable: body.revocable }),
  };
}

export function present(resource: ApiResource, { issuer }: Pick<Config, 'issuer'>) {
  const { audience, accessTokenFormat, accessTokenSeconds } = resource;
  const isBuiltIn = audience === managementAudience(issuer);
  return {
    id: Buffer.from(audience).toString('base64url'),
    audience,
    scopes: [...resource.scopes],
    access_token_format: accessTokenFormat,
    access_token_seconds: accessTokenSeconds ?? null,
    authorization_details_types: [...(resource.detailTypes ?? [])],
    // Tokens for the management API are always limited to the roles' permissions.
    requires_permission: isBuiltIn || resource.requiresPermission === true,
    revocable: resource.revocable ?? false,
    built_in: isBuiltIn,
  };
}

/** @throws AppError `invalid_input` */
function requireScopes(wanted: readonly string[]): readonly string[] {
  const fault = findScopeFault(wanted);
  if (fault === undefined) return [...new Set(wanted)];
  throw new AppError('invalid_input', `Invalid request body: "scopes" ${fault}.`);
}
