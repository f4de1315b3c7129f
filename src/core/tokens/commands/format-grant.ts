// Prints a grant; the JSON output has the form of the API.
import type { ListedGrant } from '#core/tokens/grant-list.store.ts';

export function presentGrant(listed: ListedGrant) {
  return {
    id: listed.id,
    user_id: listed.userId,
    client_id: listed.clientId,
    client_name: listed.clientName ?? null,
    scope: listed.scopes.join(' '),
    claims: [...listed.claims],
    resources: Object.entries(listed.resources).map(([resource, scopes]) => ({
      resource,
      scope: scopes.join(' '),
    })),
    created_at: listed.createdAt.toISOString(),
    expires_at: listed.expiresAt.toISOString(),
  };
}
