// Prints an API resource.
import { describeValues } from '#cli/framework/columns.ts';
import type { ApiResource } from '#core/clients/clients.ts';

export function presentResource(resource: ApiResource) {
  return {
    audience: resource.audience,
    scopes: resource.scopes,
    access_token_format: resource.accessTokenFormat,
    access_token_seconds: resource.accessTokenSeconds ?? null,
    requires_permission: resource.requiresPermission ?? false,
    authorization_details_types: resource.detailTypes ?? [],
    revocable: resource.revocable ?? false,
  };
}

/** As text, with the names of the types only. */
export function describeResource(resource: ApiResource): string {
  const names = (resource.detailTypes ?? []).map(({ type }) => type);
  const { authorization_details_types: _, ...values } = presentResource(resource);
  const types = names.length > 0 ? { authorization_details_types: names } : {};
  return describeValues({ ...values, ...types });
}
