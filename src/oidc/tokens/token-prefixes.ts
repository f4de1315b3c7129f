// Prefixes identify the token type for people and for secret scanners. They also avoid a lookup of
// a token that cannot exist.
import type { KeySpace } from '#platform/short-lived/short-lived.ts';

const prefixes: Partial<Record<KeySpace, string>> = {
  AccessToken: 'ost_at_',
  ClientCredentials: 'ost_cc_',
};

export const refreshTokenPrefix = 'ost_rt_';

/** Prefix of the handle of an invalid JWT (jwt-access-tokens.ts). */
export const invalidJwtPrefix = 'none_';

const known = [...Object.values(prefixes), refreshTokenPrefix, invalidJwtPrefix];

/** True for a token with a prefix of this server, and for the handle of an invalid JWT. */
export function hasKnownPrefix(token: string): boolean {
  return known.some((prefix) => token.startsWith(prefix));
}

export type PrefixedSpace = 'AccessToken' | 'ClientCredentials';

export function withPrefix(space: PrefixedSpace, id: string): string {
  return `${prefixes[space] ?? ''}${id}`;
}

/** False if the id cannot be a token of this type. */
export function isPossible(space: KeySpace, id: string): boolean {
  return id.startsWith(prefixes[space] ?? '');
}

/** Three to five base64url parts: oidc-provider rejects all of them by their first part. */
const structured = /^[\w-]+(?:\.[\w-]*){2,4}$/;

/** True if the token has the form of a JWT. */
export function isStructured(token: string): boolean {
  return structured.test(token);
}
