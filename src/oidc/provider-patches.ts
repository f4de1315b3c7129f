// What the engine's configuration can not reach: token ids, hashed client secrets, and answers that
// the specifications word differently.
import type Provider from 'oidc-provider';
import { equalBytes, sha256Text } from '#platform/crypto/hashing.ts';
import { limitClientCredentials } from './tokens/client-credentials.ts';
import { putsClaimsIntoIdToken } from './clients/client-policies.ts';
import type { RefreshRotation } from './tokens/refresh-rotation.ts';
import { withPrefix, type PrefixedSpace } from './tokens/token-prefixes.ts';

export function adjustEngine(
  provider: Provider,
  rotation: RefreshRotation,
  isPersonScope: (scope: string) => boolean,
): void {
  provider.RefreshToken.prototype.generateTokenId = () => rotation.nextToken();
  prefixTokenIds(provider.AccessToken.prototype, 'AccessToken');
  prefixTokenIds(provider.ClientCredentials.prototype, 'ClientCredentials');
  limitClientCredentials(provider, isPersonScope);
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
    // The engine's own method also settles the token's format.
    const id = generate.call(this);
    return this.format === 'jwt' ? id : withPrefix(space, id);
  };
}

/** Generated secrets have 256 random bits: one SHA-256 is enough, and cheap on every request. */
function hashSecrets(provider: Provider): void {
  provider.Client.prototype.compareClientSecret = function compareHashed(actual: string) {
    return this.clientSecret !== undefined && equalBytes(sha256Text(actual), this.clientSecret);
  };
}

/** A property of the engine's ID token that the published types leave out. */
interface ScopedIdToken {
  scope?: string | undefined;
}

/**
 * The engine leaves claims of scopes to userinfo, for all clients or for none (OIDC Core §5.4). For
 * a client that asked for them at its registration, the ID token says what the access token of the
 * same response would say at userinfo.
 */
function fillIdTokens(provider: Provider): void {
  const issue = provider.IdToken.prototype.issue;
  provider.IdToken.prototype.issue = function issueFilled(
    this: InstanceType<typeof provider.IdToken> & ScopedIdToken,
    context,
  ) {
    if (context.use === 'idtoken' && putsClaimsIntoIdToken(this.client)) {
      const { AccessToken: token } = this.ctx.oidc.entities;
      // With an access token for an API, the engine has put the granted scopes here itself.
      if (token && token.aud === undefined) this.scope = token.scope;
    }
    return issue.call(this, context);
  };
}

/** The engine calls it a malformed request; RFC 6749 5.2 has a word of its own for it. */
function nameUnauthorizedClient(
  ctx: { body?: unknown },
  { error_description: description }: { error_description?: string | undefined },
): void {
  if (description !== 'requested grant type is not allowed for this client') return;
  ctx.body = { error: 'unauthorized_client', error_description: description };
}
