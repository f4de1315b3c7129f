// Prints an API resource.
import type { ApiResource } from '#core/clients/clients.ts';

export function presentResource(resource: ApiResource) {
  return {
    audience: resource.audience,
    scopes: resource.scopes,
    access_token_format: resource.accessTokenFormat,
    access_token_seconds: resource.accessTokenSeconds ?? null,
    requires_permission: resource.requiresPermission ?? false,
    revocable: resource.revocable ?? false,
  };
}
