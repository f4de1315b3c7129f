// Roles, groups, organization and permitted scopes in access tokens, when a token is issued and again
// whenever it is introspected.
import type { AccessToken, ClientCredentials, KoaContextWithOIDC } from 'oidc-provider';
import type { AccessControl } from '#core/access-control/access-control.service.ts';
import { authorizationClaims } from '#core/access-control/assignments.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import { claimsOfScope, splitScope } from '#core/clients/scopes.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';
import type { ImpersonationLimits } from '#oidc/sessions/impersonation.ts';
import type { SignInOrganization } from '#oidc/access-control/organization.ts';

export interface TokenAuthorizationDependencies {
  readonly accessControl: AccessControl;
  readonly clients: Clients;
  readonly facts: RequestFacts;
  readonly organization: SignInOrganization;
  readonly impersonation: ImpersonationLimits;
}

/** The claims about authorization in an access token. */
export interface AuthorizedToken {
  readonly accountId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly aud?: string | string[] | undefined;
  scope?: string | undefined;
  extra?: Record<string, unknown> | undefined;
}

const authorizationScopes = ['roles', 'groups', 'organization'] as const;

export const authorizationClaimNames: readonly string[] = [
  ...authorizationScopes.flatMap((scope) => claimsOfScope[scope]),
  // The administrator or the clients that act as the user.
  'act',
  'may_act',
  // How and when the user signed in (RFC 9068 §2.2.1, RFC 9470 §6).
  'acr',
  'auth_time',
];

export function createTokenAuthorization(dependencies: TokenAuthorizationDependencies) {
  const { accessControl, clients, facts, organization, impersonation } = dependencies;

  async function claimsOf(
    { clientId }: AuthorizedToken,
    userId: string,
    organizationId: string | undefined,
  ) {
    const { assignments } = await facts.user(userId);
    return authorizationClaims(assignments, { clientId, organizationId });
  }

  return {
    /** The claims of a new access token, by the granted scopes about the user (RFC 9068 §2.2.3). */
    async claimsOfNewToken(
      { oidc }: KoaContextWithOIDC,
      token: AccessToken | ClientCredentials,
    ): Promise<Record<string, unknown> | undefined> {
      if (token.kind !== 'AccessToken') return undefined;
      const { AuthorizationCode: code, RefreshToken: refresh, Grant: grant } = oidc.entities;
      const { DeviceCode: device, BackchannelAuthenticationRequest: asked } = oidc.entities;
      const source = code ?? refresh ?? device ?? asked;
      const scopes = source?.scopes ?? new Set();
      const granted = splitScope(grant?.getOIDCScopeFiltered(new Set(scopes)));
      const organizationId = organization.of(token);
      const names = new Set<string>([
        ...authorizationScopes
          .filter((scope) => granted.includes(scope))
          .flatMap((scope) => claimsOfScope[scope]),
        ...(organizationId === undefined ? [] : ['org_id']),
      ]);
      const actor = await impersonation.actorClaim(token.accountId, oidc.client);
      const always = { ...signInClaims(token, source), ...actor };
      if (names.size === 0) return Object.keys(always).length > 0 ? always : undefined;
      const claims = await claimsOf(token, token.accountId, organizationId);
      const chosen = Object.entries(claims).filter(([name]) => names.has(name));
      return { ...Object.fromEntries(chosen), ...always };
    },

    /** Removes the scopes that the user's roles do not permit, if the API requires permissions. */
    async limitScope(token: AuthorizedToken): Promise<void> {
      const { accountId, clientId, aud, scope } = token;
      if (accountId === undefined || typeof aud !== 'string' || !scope) return;
      const resource = await clients.findResource(aud);
      if (!resource || !accessControl.requiresPermission(resource)) return;
      const place = { clientId, organizationId: organization.of(token) };
      const { assignments } = await facts.user(accountId);
      const permitted = await accessControl.permittedScopes(assignments, aud, place);
      const granted = splitScope(scope).filter((each) => permitted.has(each));
      token.scope = granted.length > 0 ? granted.join(' ') : undefined;
    },

    /** Replaces the claims with which the token was issued by the current ones. */
    async refreshClaims(token: AuthorizedToken): Promise<void> {
      const { extra, accountId } = token;
      if (!extra || accountId === undefined) return;
      const current = await claimsOf(token, accountId, organization.of(token));
      const claims = Object.keys(extra).map((name) => [name, current[name] ?? extra[name]]);
      token.extra = Object.fromEntries(claims);
    },
  };
}

export type TokenAuthorization = ReturnType<typeof createTokenAuthorization>;

/** An API needs these claims to decide whether the user must sign in again, or with a second factor. */
function signInClaims(
  { aud }: AuthorizedToken,
  source: { readonly acr?: string | undefined; readonly authTime?: number | undefined } | undefined,
): { readonly acr?: string; readonly auth_time?: number } {
  const { acr, authTime } = source ?? {};
  if (aud === undefined) return {};
  return {
    ...(acr === undefined ? {} : { acr }),
    ...(authTime === undefined ? {} : { auth_time: authTime }),
  };
}
