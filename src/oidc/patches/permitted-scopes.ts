// Patch: access tokens of users for an API that requires permissions contain only the scopes that the
// user's roles permit.
import type { Provider } from 'oidc-provider';
import type { TokenAuthorization } from '#oidc/tokens/token-authorization.ts';

/**
 * oidc-provider intersects the requested scopes with those of the grant, which outlives a role. The
 * patch is applied where the token is saved, after its scope and its API were set and before the
 * response names them.
 */
export function limitToPermittedScopes(
  provider: Provider,
  { limitScope }: Pick<TokenAuthorization, 'limitScope'>,
): void {
  const { prototype } = provider.AccessToken;
  const save = prototype.save;
  prototype.save = async function savePermitted(this: InstanceType<typeof provider.AccessToken>) {
    await limitScope(this);
    return save.call(this);
  };
}
