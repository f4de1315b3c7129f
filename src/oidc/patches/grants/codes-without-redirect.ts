// Patch: the token request for a code of the authorization challenge endpoint has no redirect_uri
// (draft-ietf-oauth-first-party-apps §4), which oidc-provider demands. Only clients with native sign-in may omit
// it; PKCE binds their codes to them.
import type { Provider, TokenEndpointGrantContext } from 'oidc-provider';
import readInternals from 'oidc-provider/lib/helpers/weak_cache.js';
import { nativeSignInMember } from '#core/clients/client-policies.ts';

type Handler = (ctx: TokenEndpointGrantContext, next: () => Promise<void>) => Promise<void>;

const grant = 'authorization_code';

export function acceptCodesWithoutRedirect(provider: Provider): void {
  // The flow test of the authorization challenge endpoint proves the type.
  const { grantTypeHandlers } = readInternals(provider) as {
    grantTypeHandlers: Map<string, Handler>;
  };
  const handle = grantTypeHandlers.get(grant);
  if (!handle) throw new TypeError(`oidc-provider has no handler for ${grant}`);
  grantTypeHandlers.set(grant, (ctx, next) => {
    const { client, params } = ctx.oidc;
    if (client[nativeSignInMember] === true && params['redirect_uri'] === undefined) {
      params['redirect_uri'] = client.redirectUris?.[0];
    }
    return handle(ctx, next);
  });
}
