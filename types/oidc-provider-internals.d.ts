// A module of oidc-provider that src/oidc/patches/ reads, and that has no types of its own.
declare module 'oidc-provider/lib/helpers/weak_cache.js' {
  import type { Provider } from 'oidc-provider';

  /** What oidc-provider keeps beside a provider. */
  export default function readInternals(provider: Provider): unknown;
}

declare module 'oidc-provider/lib/helpers/grant_common.js' {
  import type { Grant, Provider, TokenEndpointGrantContext } from 'oidc-provider';

  /** Issues the tokens of a grant, and sets the response. */
  export function issueTokens(
    provider: Provider,
    helpers: object,
    ctx: TokenEndpointGrantContext,
    source: object,
    grant: Grant,
    issuance: object,
  ): Promise<void>;
}
