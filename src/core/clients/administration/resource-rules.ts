// Rules for the members of an API resource, for the command line and the management API.
import type { ApiResource } from '#core/clients/clients.ts';
import { isStandardScope } from '#core/clients/scopes.ts';
import { AppError } from '#platform/errors.ts';
import { isObjectPrototypeName } from '#platform/object-names.ts';

/** The upper bound of ACCESS_TOKEN_SECONDS. */
export const maxAccessTokenSeconds = 24 * 60 * 60;
const maxAudienceLength = 2000;

/**
 * RFC 8707 §2: an absolute URI without a fragment. It is compared as text, so it is not normalized.
 */
export function isAudience(text: string): boolean {
  const isUri = /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i.test(text) && URL.canParse(text);
  return isUri && !text.includes('#') && text.length <= maxAudienceLength;
}

/** @throws AppError `invalid_input` if its members contradict each other */
export function checkResource({ accessTokenFormat, revocable }: ApiResource): void {
  if (accessTokenFormat === 'jwt' || revocable !== true) return;
  const message = 'Only JWTs need to be revocable: opaque tokens are introspected.';
  throw new AppError('invalid_input', message);
}

/**
 * RFC 6749 §3.3. Standard scopes stand for claims about the user and must not be scopes of an API.
 * Returns the rest of a sentence that begins with the name of the member.
 */
export function findScopeFault(scopes: readonly string[]): string | undefined {
  if (scopes.length === 0 || !scopes.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))) {
    return 'must be scopes of printable ASCII';
  }
  const unsafe = scopes.find(isObjectPrototypeName);
  if (unsafe !== undefined) {
    return `must not contain ${unsafe}, the name of a member of every JavaScript object`;
  }
  const standard = scopes.find(isStandardScope);
  if (standard === undefined) return undefined;
  return `must not contain ${standard}, which OpenID Connect defines`;
}
