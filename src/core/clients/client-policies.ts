// Security policies of a client that follow from its RFC 7591 metadata: PKCE, rotation of refresh
// tokens, audience of client assertions. Pure rules, used by registration, oidc/ and `ostiary
// doctor`.

export type ClientMetadata = Readonly<Record<string, unknown>>;

/**
 * `true`: PKCE with S256. `false`: PKCE or a nonce (RFC 9700 §2.1.1). `'off'`: neither is required,
 * for legacy clients only.
 */
export type PkceRequirement = boolean | 'off';

export type AssertionAudience = 'issuer' | 'issuer_or_token_endpoint';

/** Lets a client of the operator sign users in without a browser (docs/decisions/0052). */
export const nativeSignInMember = 'first_party_native';

export function signsInNatively(metadata: ClientMetadata): boolean {
  return metadata[nativeSignInMember] === true;
}

/** The apps of one group share a sign-in on a device (docs/decisions/0052). */
export const nativeSsoMember = 'native_sso_group';

export function nativeSsoGroupOf(metadata: ClientMetadata): string | undefined {
  const { [nativeSsoMember]: group } = metadata;
  return typeof group === 'string' ? group : undefined;
}

/** Members that bind tokens to a key of the client (RFC 9449, RFC 8705). */
const senderConstraints = [
  'dpop_bound_access_tokens',
  'tls_client_certificate_bound_access_tokens',
];
const pushedMember = 'require_pushed_authorization_requests';
export const backchannelGrant = 'urn:openid:params:grant-type:ciba';
const tlsMethods: readonly unknown[] = ['tls_client_auth', 'self_signed_tls_client_auth'];

function isPublic({ token_endpoint_auth_method: method }: ClientMetadata): boolean {
  return method === 'none';
}

/**
 * The member that identifies a FAPI client: it requires pushed authorization requests, DPoP or
 * mTLS. `undefined` for all other clients.
 */
export function fapiMember(metadata: ClientMetadata): string | undefined {
  const flags = [pushedMember, ...senderConstraints];
  const flag = flags.find((member) => metadata[member] === true);
  if (flag !== undefined) return flag;
  const method = metadata['token_endpoint_auth_method'];
  return tlsMethods.includes(method) ? 'token_endpoint_auth_method' : undefined;
}

/** The member because of which PKCE is mandatory; `undefined` if PKCE is optional. */
export function memberRequiringPkce(metadata: ClientMetadata): string | undefined {
  return isPublic(metadata) ? 'token_endpoint_auth_method' : fapiMember(metadata);
}

/** @param fallback for clients that were registered before the member existed */
export function pkceRequirementOf(
  metadata: ClientMetadata,
  fallback: PkceRequirement,
): PkceRequirement {
  if (memberRequiringPkce(metadata) !== undefined) return true;
  const registered = metadata['require_pkce'];
  return registered === false || registered === 'off' || registered === true
    ? registered
    : fallback;
}

/**
 * Rotation protects bearer tokens. A confidential client with sender-constrained tokens keeps its
 * refresh token (FAPI 2.0 Security Profile §5.3.2.1).
 */
export function rotatesRefreshTokens(metadata: ClientMetadata): boolean {
  const isBound = senderConstraints.some((member) => metadata[member] === true);
  return isPublic(metadata) || !isBound;
}

/**
 * The member because of which an assertion must name the issuer (FAPI 2.0 Security Profile §5.3.2.1). A CIBA
 * client may also name an endpoint (OpenID CIBA Core §7.1), unless it sends pushed authorization requests as
 * well.
 */
export function memberRequiringIssuer(metadata: ClientMetadata): string | undefined {
  const { grant_types: grants } = metadata;
  const member = fapiMember(metadata);
  const isAsking = Array.isArray(grants) && grants.includes(backchannelGrant);
  return isAsking && member !== pushedMember ? undefined : member;
}

/** The default is the issuer alone. */
export function assertionAudienceOf(metadata: ClientMetadata): AssertionAudience {
  const isRelaxed =
    metadata['client_assertion_audience'] === 'issuer_or_token_endpoint' &&
    memberRequiringIssuer(metadata) === undefined;
  return isRelaxed ? 'issuer_or_token_endpoint' : 'issuer';
}

/** The policies that are stored with a new client whose metadata do not set them. */
export function defaultPolicies(
  metadata: ClientMetadata,
  { requirePkce }: { readonly requirePkce: 'all' | 'public' },
): ClientMetadata {
  const signsAssertions = metadata['token_endpoint_auth_method'] === 'private_key_jwt';
  const audience =
    memberRequiringIssuer(metadata) === undefined ? 'issuer_or_token_endpoint' : 'issuer';
  return {
    require_pkce: pkceRequirementOf(
      { ...metadata, require_pkce: undefined },
      requirePkce === 'all',
    ),
    ...(signsAssertions ? { client_assertion_audience: audience } : {}),
  };
}
