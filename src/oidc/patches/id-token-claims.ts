// Patch: the ID token of a client registered with `id_token_claims: all` contains the claims that
// userinfo would return for the access token of the same response.
import type Provider from 'oidc-provider';
import { putsClaimsIntoIdToken } from '#oidc/clients/client-policies.ts';

/** A property of oidc-provider's ID token that the published types omit. */
interface ScopedIdToken {
  scope?: string | undefined;
}

/**
 * oidc-provider returns the claims of scopes from userinfo only, for all clients or for none
 * (OpenID Connect Core §5.4). Setting the granted scopes just before the ID token is issued returns
 * them for one client.
 */
export function addClaimsToIdTokens(provider: Provider): void {
  const issue = provider.IdToken.prototype.issue;
  provider.IdToken.prototype.issue = function issueWithClaims(
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
