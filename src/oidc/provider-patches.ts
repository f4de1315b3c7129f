// Changes to oidc-provider that its configuration does not offer: token ids, hashed client secrets,
// and responses for which the specifications define another error. docs/decisions/0001 lists every
// patch.
import type Provider from 'oidc-provider';
import { equalBytes, sha256Text } from '#platform/crypto/hashing.ts';
import { limitClientCredentials } from './tokens/client-credentials.ts';
import { putsClaimsIntoIdToken } from './clients/client-policies.ts';
import type { RefreshRotation } from './tokens/refresh-rotation.ts';
import { withPrefix, type PrefixedSpace } from './tokens/token-prefixes.ts';

export function adjustEngine(
  provider: Provider,
  rotation: RefreshRotation,
  isUserScope: (scope: string) => boolean,
): void {
  provider.RefreshToken.prototype.generateTokenId = () => rotation.nextToken();
  prefixTokenIds(provider.AccessToken.prototype, 'AccessToken');
  prefixTokenIds(provider.ClientCredentials.prototype, 'ClientCredentials');
  limitClientCredentials(provider, isUserScope);
  hashSecrets(provider);
  fillIdTokens(provider);
  provider.on('grant.error', nameUnauthorizedClient);
}

interface TokenModel {
  readonly format?: string | undefined;
  generateTokenId(): string;
}

function prefixTokenIds(model: TokenModel, space: PrefixedSpace): void {
  const generate = model.generateTokenId;
  model.generateTokenId = function generatePrefixed() {
    // oidc-provider's own method also determines the token format.
    const id = generate.call(this);
    return this.format === 'jwt' ? id : withPrefix(space, id);
  };
}

/**
 * Generated secrets have 256 random bits, so a single SHA-256 is secure and fast on every request.
 */
function hashSecrets(provider: Provider): void {
  provider.Client.prototype.compareClientSecret = function compareHashed(actual: string) {
    return this.clientSecret !== undefined && equalBytes(sha256Text(actual), this.clientSecret);
  };
}

/** A property of oidc-provider's ID token that the published types omit. */
interface ScopedIdToken {
  scope?: string | undefined;
}

/**
 * oidc-provider returns the claims of scopes from userinfo only, for all clients or for none
 * (OpenID Connect Core §5.4). For a client registered with `id_token_claims: all`, the ID token
 * contains the claims that userinfo would return for the access token of the same response.
 */
function fillIdTokens(provider: Provider): void {
  const issue = provider.IdToken.prototype.issue;
  provider.IdToken.prototype.issue = function issueFilled(
    this: InstanceType<typeof provider.IdToken> & ScopedIdToken,
    context,
  ) {
    if (context.use === 'idtoken' && putsClaimsIntoIdToken(this.client)) {
      const { AccessToken: token } = this.ctx.oidc.entities;
      // With an access token for an API, oidc-provider has set the granted scopes itself.
      if (token && token.aud === undefined) this.scope = token.scope;
    }
    return issue.call(this, context);
  };
}

/**
 * oidc-provider answers `invalid_request`; RFC 6749 §5.2 defines `unauthorized_client` for this
 * case.
 */
function nameUnauthorizedClient(
  ctx: { body?: unknown },
  { error_description: description }: { error_description?: string | undefined },
): void {
  if (description !== 'requested grant type is not allowed for this client') return;
  ctx.body = { error: 'unauthorized_client', error_description: description };
}
