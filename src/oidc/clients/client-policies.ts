// Client policies for oidc-provider's hooks. The rules are in core/clients/client-policies.ts; this
// file translates oidc-provider's client and request.
import type { KoaContextWithOIDC } from 'oidc-provider';
import {
  assertionAudienceOf,
  fapiMember,
  pkceRequirementOf,
  rotatesRefreshTokens,
  type ClientMetadata,
} from '#core/clients/client-policies.ts';
import { profileOf } from '#core/clients/profiles/client-profiles.ts';
import { splitScope } from '#core/clients/scopes.ts';

/** oidc-provider's client: its own members are in camel case, ours have their registered names. */
export type ProviderClient = NonNullable<KoaContextWithOIDC['oidc']['client']>;

/** Copies only the members that the policies depend on, since this runs at every request. */
function policyMembers(client: ProviderClient): ClientMetadata {
  return {
    token_endpoint_auth_method: client.tokenEndpointAuthMethod,
    require_pushed_authorization_requests: client.requirePushedAuthorizationRequests,
    dpop_bound_access_tokens: client.dpopBoundAccessTokens,
    tls_client_certificate_bound_access_tokens: client.tlsClientCertificateBoundAccessTokens,
    require_pkce: client['require_pkce'],
    client_assertion_audience: client['client_assertion_audience'],
    grant_types: client.grantTypes,
  };
}

/**
 * Whether a request without `code_challenge` must be refused. If a nonce may replace PKCE, the
 * request must be for an ID token, since no other response returns the nonce (RFC 9700 §2.1.1).
 */
export function isPkceRequired(
  { oidc }: KoaContextWithOIDC,
  client: ProviderClient,
  { requirePkce }: { readonly requirePkce: 'all' | 'public' },
): boolean {
  const requirement = pkceRequirementOf(policyMembers(client), requirePkce === 'all');
  if (requirement !== false) return requirement === true;
  const { nonce, scope } = oidc.params ?? {};
  const isBound = typeof nonce === 'string' && nonce !== '';
  return !isBound || !splitScope(scope).includes('openid');
}

export function isRotating(client: ProviderClient): boolean {
  return rotatesRefreshTokens(policyMembers(client));
}

export function acceptsTokenEndpointAudience(client: ProviderClient): boolean {
  return assertionAudienceOf(policyMembers(client)) === 'issuer_or_token_endpoint';
}

/**
 * For oidc-provider's `fapi` feature, whose checks are those of FAPI 2.0 §5.3.2 that metadata cannot
 * express. It is also called before a client is known.
 */
export function fapiProfileOf(
  _ctx: unknown,
  client: ProviderClient | undefined,
): '2.0' | undefined {
  return profileOf({ profile: client?.['profile'] }).fapi;
}

/** The lifetime of an access token, which the profile of the client may limit. */
export function accessSecondsOf(client: ProviderClient | undefined, seconds: number): number {
  const { limits } = profileOf({ profile: client?.['profile'] });
  return Math.min(seconds, limits?.accessTokenSeconds ?? seconds);
}

/** The lifetime of a refresh token family, which the profile of the client may limit. */
export function refreshSecondsOf(client: ProviderClient | undefined, seconds: number): number {
  const { limits } = profileOf({ profile: client?.['profile'] });
  return Math.min(seconds, limits?.refreshTokenSeconds ?? seconds);
}

/** True if the ID token contains the claims that userinfo returns. */
export function putsClaimsIntoIdToken(client: ProviderClient | undefined): boolean {
  return client?.['id_token_claims'] === 'all';
}

/** FAPI clients, and clients that always sign their requests, must use short-lived request objects. */
export function limitsRequestObjects(client: ProviderClient): boolean {
  return (
    client.requireSignedRequestObject === true || fapiMember(policyMembers(client)) !== undefined
  );
}
