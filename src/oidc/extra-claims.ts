// Scopes and claims about users beyond the standard ones (OpenID Connect Core §5.4). The capability
// that declares them provides this interface; without any, only the standard ones exist.

export interface ExtraClaims {
  /** The claims that each additional scope requests. */
  readonly extraScopes: ReadonlyMap<string, readonly string[]>;
  /** True for scopes that request claims about the user, standard or additional. */
  readonly isUserScope: (scope: string) => boolean;
  /** The claims that a scope requests, standard or additional; empty for the scope of an API. */
  readonly claimsOfScope: (scope: string) => readonly string[];
  /** The values of additional claims, for the granted scopes and the claims requested by name. */
  readonly claimsOf: (
    userId: string,
    scopes: readonly string[],
    names: readonly string[],
  ) => Promise<Readonly<Record<string, unknown>>>;
}
