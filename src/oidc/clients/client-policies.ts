// The policies of a client as the engine asks for them. The rules are in
// core/clients/client-policies.ts; this file translates the engine's client and request.
import type { KoaContextWithOIDC } from 'oidc-provider';
import {
  assertionAudienceOf,
  pkceRequirementOf,
  rotatesRefreshTokens,
  type ClientMetadata,
} from '#core/clients/client-policies.ts';
import { splitScope } from '#core/clients/scopes.ts';

/** The engine's client: members that it knows in camel case, ours as they are registered. */
type EngineClient = NonNullable<KoaContextWithOIDC['oidc']['client']>;

/** Only the members that policies depend on; the whole would be copied at every request. */
function policyMembers(client: EngineClient): ClientMetadata {
  return {
    token_endpoint_auth_method: client.tokenEndpointAuthMethod,
    require_pushed_authorization_requests: client.requirePushedAuthorizationRequests,
    dpop_bound_access_tokens: client.dpopBoundAccessTokens,
    tls_client_certificate_bound_access_tokens: client.tlsClientCertificateBoundAccessTokens,
    require_pkce: client['require_pkce'],
    client_assertion_audience: client['client_assertion_audience'],
  };
}

/**
 * Asked for a request without `code_challenge`. Where a nonce may replace it, the request must be
 * one for an ID token, since the nonce comes back in nothing else (RFC 9700 §2.1.1).
 */
export function isPkceRequired(
  { oidc }: KoaContextWithOIDC,
  client: EngineClient,
  { requirePkce }: { readonly requirePkce: 'all' | 'public' },
): boolean {
  const requirement = pkceRequirementOf(policyMembers(client), requirePkce === 'all');
  if (requirement !== false) return requirement === true;
  const { nonce, scope } = oidc.params ?? {};
  const isBound = typeof nonce === 'string' && nonce !== '';
  return !isBound || !splitScope(scope).includes('openid');
}

export function isRotating(client: EngineClient): boolean {
  return rotatesRefreshTokens(policyMembers(client));
}

export function acceptsTokenEndpointAudience(client: EngineClient): boolean {
  return assertionAudienceOf(policyMembers(client)) === 'issuer_or_token_endpoint';
}

/** True when the ID token tells what userinfo would. */
export function putsClaimsIntoIdToken(client: EngineClient | undefined): boolean {
  return client?.['id_token_claims'] === 'all';
}
