// A refresh token that outlives the session (`offline_access`, OpenID Connect Core §11) is valid
// only while the client is registered for that scope. A refresh token that ends with the session
// needs no scope.
import type { Adapter } from 'oidc-provider';
import { splitScope } from '#core/clients/scopes.ts';
import { currentRoute, providerContext } from '#oidc/provider-context.ts';

interface RefreshingClient {
  /** The currently registered scope; `undefined` if it is not limited. */
  readonly scope?: string | undefined;
  grantTypeAllowed(grantType: string): boolean;
}

/**
 * True if the client may obtain or use a refresh token from this source.
 * @param source the payload of a code or a refresh token
 */
export function mayRefresh(client: RefreshingClient, source: object): boolean {
  if (!client.grantTypeAllowed('refresh_token')) return false;
  const endsWithSession = 'expiresWithSession' in source && source.expiresWithSession === true;
  if (endsWithSession || client.scope === undefined) return true;
  return splitScope(client.scope).includes('offline_access');
}

/**
 * Hides a refresh token that the client may no longer use from the token endpoint; revocation and
 * introspection still find it.
 */
export function limitOfflineAccess(adapter: Adapter): Adapter {
  return {
    ...adapter,
    async find(token) {
      const payload = await adapter.find(token);
      const client = currentRoute() === 'token' ? providerContext()?.oidc.client : undefined;
      return payload && client && !mayRefresh(client, payload) ? undefined : payload;
    },
  };
}
