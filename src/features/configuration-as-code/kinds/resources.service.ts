// API resources in a configuration file, by their audience.
import { z } from 'zod';
import type { AuditActor } from '#core/audit/audit.ts';
import {
  detailTypes,
  faultInDetailTypes,
} from '#core/clients/authorization-details/detail-types.ts';
import {
  findScopeFault,
  isAudience,
  maxAccessTokenSeconds,
} from '#core/clients/administration/resource-rules.ts';
import type { ResourceAdministration } from '#core/clients/administration/resource-administration.service.ts';
import type { ApiResourceStore } from '#core/clients/api-resources.store.ts';
import type { ApiResource } from '#core/clients/clients.ts';
import { managementAudience } from '#core/clients/scopes.ts';
import { AppError } from '#platform/errors.ts';
import type { FieldChange } from '#features/configuration-as-code/plan.ts';
import { sorted } from './values.ts';
import type { Kind } from './kind.ts';

export interface ResourceKindServices {
  readonly apiResources: ApiResourceStore;
  readonly resourceAdministration: ResourceAdministration;
  readonly issuer: string;
  readonly by: AuditActor;
}

const schema = z.strictObject({
  scopes: z.array(z.string()).superRefine((scopes, { addIssue }) => {
    const fault = findScopeFault(scopes);
    if (fault !== undefined) addIssue({ code: 'custom', message: `Scopes ${fault}` });
  }),
  access_token_format: z.enum(['opaque', 'jwt']),
  access_token_seconds: z.int().min(1).max(maxAccessTokenSeconds).optional(),
  requires_permission: z.boolean().optional(),
  authorization_details_types: detailTypes.optional(),
  revocable: z.boolean().optional(),
});

export const resourceKind: Kind<ResourceKindServices> = {
  name: 'resources',
  schema,
  findKeyFault: (key) =>
    isAudience(key) ? undefined : 'must be an absolute URI without a fragment',
  bind({ apiResources, resourceAdministration, issuer, by }) {
    return {
      async read() {
        const found = await apiResources.list();
        const own = found.filter(({ audience }) => audience !== managementAudience(issuer));
        return new Map(own.map((resource) => [resource.audience, valuesOf(resource)]));
      },
      async complete({ key, values }) {
        const resource = resourceOf(key, values);
        const fault = await faultInDetailTypes(resource.detailTypes ?? []);
        if (fault === undefined) return valuesOf(resource);
        throw new AppError('invalid_input', `authorization_details_types ${fault}.`);
      },
      async write({ key, before, after, fields }) {
        const resource = resourceOf(key, after);
        if (!before) await resourceAdministration.create(resource, by);
        else await resourceAdministration.update(key, changesOf(resource, fields), { by });
        return {};
      },
      async remove(key) {
        await resourceAdministration.remove(key, by);
        return {};
      },
    };
  },
};

function resourceOf(audience: string, values: object): ApiResource {
  const read = schema.parse(values);
  return {
    audience,
    scopes: sorted(read.scopes),
    accessTokenFormat: read.access_token_format,
    accessTokenSeconds: read.access_token_seconds,
    requiresPermission: read.requires_permission ?? false,
    detailTypes: read.authorization_details_types ?? [],
    revocable: read.revocable ?? false,
  };
}

/** Only the members that change, because the audit entry names them. */
function changesOf(resource: ApiResource, fields: readonly FieldChange[]) {
  const has = (name: string) => fields.some((field) => field.name === name);
  const { scopes, accessTokenFormat, accessTokenSeconds, requiresPermission, revocable } = resource;
  const { detailTypes: types } = resource;
  return {
    ...(has('authorization_details_types') ? { detailTypes: types } : {}),
    ...(has('scopes') ? { scopes } : {}),
    ...(has('access_token_format') ? { accessTokenFormat } : {}),
    ...(has('access_token_seconds') ? { accessTokenSeconds } : {}),
    ...(has('requires_permission') ? { requiresPermission } : {}),
    ...(has('revocable') ? { revocable } : {}),
  };
}

function valuesOf(resource: ApiResource) {
  const { scopes, accessTokenFormat, accessTokenSeconds, requiresPermission, revocable } = resource;
  return {
    scopes: sorted(scopes),
    access_token_format: accessTokenFormat,
    ...(accessTokenSeconds === undefined ? {} : { access_token_seconds: accessTokenSeconds }),
    ...(requiresPermission === true ? { requires_permission: true } : {}),
    ...((resource.detailTypes ?? []).length > 0
      ? { authorization_details_types: resource.detailTypes }
      : {}),
    ...(revocable === true ? { revocable: true } : {}),
  };
}
