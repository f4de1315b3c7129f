// Patches of the scopes in access tokens. Client credentials tokens (RFC 6749 §4.4) contain scopes of
// the requested API only, and none about users; a request none of whose scopes can be granted is refused
// with `invalid_scope`. Tokens of users for an API that requires permissions contain only the scopes
// that the user's roles permit.
import { errors, type Provider } from 'oidc-provider';
import { splitScope } from '#core/clients/scopes.ts';
import type { TokenAuthorization } from '#oidc/access-control/token-authorization.ts';
import { providerContext } from '#oidc/provider-context.ts';

interface ClientToken {
  /** The API that the token is for, if one was requested. */
  readonly resourceServer?: object | undefined;
  scope?: string | undefined;
  generateTokenId(): string;
}

/**
 * oidc-provider grants every requested scope that the client's registration does not exclude. The
 * patch is applied where it generates the token id, its last step before it saves the token.
 * @param isUserScope true for scopes that request claims about a user
 */
export function limitClientCredentials(
  provider: Provider,
  isUserScope: (scope: string) => boolean,
): void {
  const model: ClientToken = provider.ClientCredentials.prototype;
  const generate = model.generateTokenId;
  model.generateTokenId = function generateForClient() {
    // Read from the request body, since oidc-provider drops unknown scopes if no API was requested.
    const requested = splitScope(providerContext()?.oidc.body?.['scope']);
    const granted = this.resourceServer
      ? splitScope(this.scope).filter((scope) => !isUserScope(scope))
      : [];
    if (requested.length > 0 && granted.length === 0) {
      throw new errors.InvalidScope('none of the requested scopes is granted', requested.join(' '));
    }
    this.scope = granted.length > 0 ? granted.join(' ') : undefined;
    return generate.call(this);
  };
}

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
