// Patch: token ids. The id of a refresh token is its value, which the rotation computes; the ids of opaque
// access tokens begin with a prefix for the token type.
import type Provider from 'oidc-provider';
import { withPrefix, type PrefixedSpace } from '#oidc/tokens/token-prefixes.ts';

interface TokenModel {
  readonly format?: string | undefined;
  generateTokenId(): string;
}

export function takeRefreshTokenIdsFrom(provider: Provider, nextToken: () => string): void {
  provider.RefreshToken.prototype.generateTokenId = () => nextToken();
}

export function prefixTokenIds(provider: Provider): void {
  prefixIdsOf(provider.AccessToken.prototype, 'AccessToken');
  prefixIdsOf(provider.ClientCredentials.prototype, 'ClientCredentials');
}

function prefixIdsOf(model: TokenModel, space: PrefixedSpace): void {
  const generate = model.generateTokenId;
  model.generateTokenId = function generatePrefixed() {
    // oidc-provider's own method also determines the token format.
    const id = generate.call(this);
    return this.format === 'jwt' ? id : withPrefix(space, id);
  };
}
