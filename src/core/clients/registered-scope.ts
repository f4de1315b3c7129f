// The limit that a client's registered `scope` (RFC 7591 §2) sets on what the client may ask for and receive.
// A registration without `scope` sets no limit, except for the management API.
import { isProtocolClaim } from '#core/consents/consents.ts';
import { splitScope } from './scopes.ts';

/** The claims about users that a client may receive. */
export interface RegisteredAccess {
  readonly scopes: ReadonlySet<string>;
  /** Claims of these scopes, whichever parameter requests them. */
  readonly claims: ReadonlySet<string>;
}

/**
 * Reads the registered `scope`; `undefined` when the registration has none. `openid` is always
 * included, because it gives access only to `sub`.
 * @param claimsOf the claims of a scope; none for the scope of an API
 */
export function readRegisteredAccess(
  registered: unknown,
  claimsOf: (scope: string) => readonly string[],
): RegisteredAccess | undefined {
  if (typeof registered !== 'string') return undefined;
  const scopes = new Set(['openid', ...splitScope(registered)]);
  return { scopes, claims: new Set([...scopes].flatMap(claimsOf)) };
}

export function allowsScope(access: RegisteredAccess | undefined, scope: string): boolean {
  return access === undefined || access.scopes.has(scope);
}

/** Claims about the sign-in itself are never limited (OpenID Connect Core §2). */
export function allowsClaim(access: RegisteredAccess | undefined, claim: string): boolean {
  return access === undefined || isProtocolClaim(claim) || access.claims.has(claim);
}
