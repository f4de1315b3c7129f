// Refresh tokens that outlive the session (`offline_access`, OpenID Connect Core §11) work only while
// the client is registered for that scope; those that end with the session need no scope.
import type { Adapter } from 'oidc-provider';
import { splitScope } from '#core/clients/scopes.ts';
import { currentRoute, engineContext } from '#oidc/provider-context.ts';

interface RefreshingClient {
  /** As registered now; `undefined`: not limited. */
  readonly scope?: string | undefined;
  grantTypeAllowed(grantType: string): boolean;
}

/**
 * True when the client may have, or use, a refresh token from this source.
 * @param source a code or a refresh token, as the engine keeps it
 */
export function mayRefresh(client: RefreshingClient, source: object): boolean {
  if (!client.grantTypeAllowed('refresh_token')) return false;
  const endsWithSession = 'expiresWithSession' in source && source.expiresWithSession === true;
  if (endsWithSession || client.scope === undefined) return true;
  return splitScope(client.scope).includes('offline_access');
}

/** Hides such a token from the token endpoint; revocation and introspection still find it. */
export function limitOfflineAccess(adapter: Adapter): Adapter {
  return {
    ...adapter,
    async find(token) {
      const payload = await adapter.find(token);
      const client = currentRoute() === 'token' ? engineContext()?.oidc.client : undefined;
      return payload && client && !mayRefresh(client, payload) ? undefined : payload;
    },
  };
}
