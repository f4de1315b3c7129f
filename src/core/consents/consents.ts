// The access that a client requests from a user, and whether an existing consent covers it.
import { isStandardScope, splitScope } from '#core/clients/scopes.ts';
import { canonicalDetails } from './authorization-details.ts';

/** Requested or allowed access: scopes for claims, single claims, scopes per API audience. */
export interface AccessRequest {
  readonly scopes: readonly string[];
  readonly claims: readonly string[];
  readonly resources: Readonly<Record<string, readonly string[]>>;
  /** Authorization details, each as canonical JSON (RFC 9396). */
  readonly details?: readonly string[];
}

export const noAccess: AccessRequest = { scopes: [], claims: [], resources: {} };

/** Claims about the sign-in itself; they need no consent (OpenID Connect Core §2). */
const protocolClaims = new Set(['sub', 'sid', 'auth_time', 'acr', 'amr', 'iss']);

/**
 * Reads the parameters of an authorization request.
 * @param scopesOfAudience scopes that the client may have of each requested API audience
 * @param isUserScope true for scopes that request claims about the user
 */
export function readAccessRequest(
  params: Readonly<Record<string, unknown>>,
  scopesOfAudience: Readonly<Record<string, readonly string[]>>,
  isUserScope: (scope: string) => boolean = isStandardScope,
): AccessRequest {
  const wanted = splitScope(params['scope']);
  const resources = Object.entries(scopesOfAudience).map(([audience, available]) => [
    audience,
    wanted.filter((scope) => available.includes(scope)),
  ]);
  return {
    scopes: wanted.filter(isUserScope),
    claims: readRequestedClaims(params['claims']),
    resources: Object.fromEntries(resources) as Record<string, string[]>, // pairs built above
    ...detailsOrNone(canonicalDetails(params['authorization_details'])),
  };
}

/**
 * Claim names in the `claims` parameter (OpenID Connect Core §5.5), which oidc-provider has
 * validated.
 */
function readRequestedClaims(parameter: unknown): readonly string[] {
  if (typeof parameter !== 'string') return [];
  const requested: unknown = JSON.parse(parameter);
  const names = membersOf(requested).flatMap(([use, claims]) =>
    use === 'userinfo' || use === 'id_token' ? membersOf(claims).map(([name]) => name) : [],
  );
  return [...new Set(names)].filter((name) => !isProtocolClaim(name));
}

export function isProtocolClaim(claim: string): boolean {
  return protocolClaims.has(claim);
}

function membersOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

export function covers(allowed: AccessRequest, wanted: AccessRequest): boolean {
  const resources = Object.entries(wanted.resources).every(([audience, scopes]) =>
    includesAll(allowed.resources[audience] ?? [], scopes),
  );
  return (
    resources &&
    includesAll(allowed.scopes, wanted.scopes) &&
    includesAll(allowed.claims, wanted.claims) &&
    includesAll(allowed.details ?? [], wanted.details ?? [])
  );
}

/** The part of a request that is not allowed yet. */
export function withoutAllowed(wanted: AccessRequest, allowed: AccessRequest): AccessRequest {
  const resources = Object.entries(wanted.resources).map(
    ([audience, scopes]) =>
      [audience, difference(scopes, allowed.resources[audience] ?? [])] as const,
  );
  return {
    scopes: difference(wanted.scopes, allowed.scopes),
    claims: difference(wanted.claims, allowed.claims),
    resources: Object.fromEntries(resources),
    ...detailsOrNone(difference(wanted.details ?? [], allowed.details ?? [])),
  };
}

/** Most requests have no details. */
export function detailsOrNone(details: readonly string[]): Pick<AccessRequest, 'details'> {
  return details.length > 0 ? { details } : {};
}

function difference(whole: readonly string[], part: readonly string[]): readonly string[] {
  return whole.filter((item) => !part.includes(item));
}

function includesAll(whole: readonly string[], part: readonly string[]): boolean {
  return part.every((item) => whole.includes(item));
}
