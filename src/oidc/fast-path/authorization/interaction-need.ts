// Whether the user has to be asked: the checks of the interaction policy, without what oidc-provider
// prepares for a page.
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { ProviderHooks } from '#oidc/provider-hooks.ts';

export function createInteractionNeed(policy: ProviderHooks['interactionPolicy']) {
  const checks = policy.flatMap((prompt) => prompt.checks.map((each) => each.check));

  /** @throws an error of the policy, which refuses the request */
  return async (ctx: KoaContextWithOIDC): Promise<boolean> => {
    for (const check of checks) {
      const need = check(ctx);
      // Most checks return a boolean, and `await` would cost more than the check itself.
      if (need === true || (typeof need === 'object' && (await need))) return true;
    }
    return !grantsAnything(ctx);
  };
}

/** oidc-provider refuses a request for which no scope was granted. */
function grantsAnything({ oidc }: KoaContextWithOIDC): boolean {
  const { grant, resourceServers = {}, requestParamOIDCScopes, requestParamScopes } = oidc;
  if (!grant) return false;
  if (grant.getOIDCScopeFiltered(requestParamOIDCScopes)) return true;
  return Object.keys(resourceServers).some((api) =>
    grant.getResourceScopeFiltered(api, requestParamScopes),
  );
}
