// Tokens that a client gets for itself (RFC 6749 §4.4): scopes of the API that the token is for, and
// none about users. A request of which nothing can be granted is refused with `invalid_scope`.
import { errors, type Provider } from 'oidc-provider';
import { splitScope } from '#core/clients/scopes.ts';
import { engineContext } from '#oidc/provider-context.ts';

interface ClientToken {
  /** The API that the token is for, if one was asked for. */
  readonly resourceServer?: object | undefined;
  scope?: string | undefined;
  generateTokenId(): string;
}

/**
 * The engine grants whatever was asked for unless the client's registration excludes it. Its last
 * step before it saves a token is to make the id.
 * @param isPersonScope which scopes stand for claims about a user
 */
export function limitClientCredentials(
  provider: Provider,
  isPersonScope: (scope: string) => boolean,
): void {
  const model: ClientToken = provider.ClientCredentials.prototype;
  const generate = model.generateTokenId;
  model.generateTokenId = function generateForClient() {
    // As it was sent: the engine drops scopes that it does not know when no API was asked for.
    const requested = splitScope(engineContext()?.oidc.body?.['scope']);
    const granted = this.resourceServer
      ? splitScope(this.scope).filter((scope) => !isPersonScope(scope))
      : [];
    if (requested.length > 0 && granted.length === 0) {
      throw new errors.InvalidScope('none of the requested scopes is granted', requested.join(' '));
    }
    this.scope = granted.length > 0 ? granted.join(' ') : undefined;
    return generate.call(this);
  };
}
