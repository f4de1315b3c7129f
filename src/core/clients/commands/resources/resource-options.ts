// The options that describe an API, and their validation.
import { UsageError } from '#cli/framework/arguments.ts';
import type { Option } from '#cli/framework/command.ts';
import type { AccessTokenFormat } from '#core/clients/clients.ts';
import { isStandardScope, splitScope } from '#core/clients/scopes.ts';
import { isObjectPrototypeName } from '#platform/object-names.ts';

/** The upper bound of ACCESS_TOKEN_SECONDS. */
const maxSeconds = 24 * 60 * 60;
const maxAudienceLength = 2000;

export const resourceOptions = {
  scopes: { value: '"a b"', meaning: 'Its scopes, in one argument' },
  format: {
    value: 'opaque|jwt',
    meaning: 'opaque: introspected, revoked immediately; jwt: validated by the API itself',
  },
  seconds: {
    value: 'N',
    meaning: 'Lifetime of its access tokens; default: ACCESS_TOKEN_SECONDS',
  },
  'require-permission': {
    value: 'true|false',
    meaning: 'true: tokens contain only scopes that the roles of the user permit',
  },
} as const satisfies Readonly<Record<string, Option>>;

export function readFormat(format: string): AccessTokenFormat {
  if (format === 'opaque' || format === 'jwt') return format;
  throw new UsageError('--format must be opaque or jwt.');
}

/**
 * RFC 8707 §2: an absolute URI without a fragment. It is compared as text, so it is not normalized.
 */
export function readAudience(text: string): string {
  const isUri = /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i.test(text) && URL.canParse(text);
  if (isUri && !text.includes('#') && text.length <= maxAudienceLength) return text;
  throw new UsageError('--audience must be an absolute URI without a fragment.');
}

/**
 * RFC 6749 §3.3. Standard scopes stand for claims about the user and must not be scopes of an API.
 */
export function readScopes(text: string): readonly string[] {
  const scopes = splitScope(text);
  if (scopes.length === 0 || !scopes.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))) {
    throw new UsageError('--scopes must be scopes of printable ASCII, separated by spaces.');
  }
  const unsafe = scopes.find(isObjectPrototypeName);
  if (unsafe !== undefined) {
    throw new UsageError(
      `--scopes must not contain ${unsafe}, the name of a member of every JavaScript object.`,
    );
  }
  const standard = scopes.find(isStandardScope);
  if (standard === undefined) return scopes;
  throw new UsageError(`--scopes must not contain ${standard}, which OpenID Connect defines.`);
}

export function readRequiresPermission(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new UsageError('--require-permission must be true or false.');
}

export function readSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= maxSeconds) return seconds;
  throw new UsageError(`--seconds must be a whole number from 1 to ${maxSeconds}.`);
}
