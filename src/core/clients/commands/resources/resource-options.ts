// The options that describe an API, and their validation.
import { UsageError } from '#cli/framework/arguments.ts';
import type { Arguments, Io, Option } from '#cli/framework/command.ts';
import { readJson } from '#cli/framework/json.ts';
import {
  detailTypes,
  faultInDetailTypes,
  type DetailType,
} from '#core/clients/authorization-details/detail-types.ts';
import type { AccessTokenFormat } from '#core/clients/clients.ts';
import {
  findScopeFault,
  isAudience,
  maxAccessTokenSeconds,
} from '#core/clients/administration/resource-rules.ts';
import { splitScope } from '#core/clients/scopes.ts';

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
  'authorization-details': {
    value: 'FILE',
    meaning: 'Its types of authorization details (RFC 9396), a JSON array; - reads standard input',
  },
  revocable: {
    value: 'true|false',
    meaning: 'true: JWTs are listed in a status list, so that a revocation reaches the API',
  },
} as const satisfies Readonly<Record<string, Option>>;

/** The content of --authorization-details; an empty object without it. */
export async function readDetailTypes(
  args: Arguments,
  io: Io,
): Promise<{ readonly detailTypes?: readonly DetailType[] }> {
  const name = 'authorization-details';
  if (!args.has(name)) return {};
  const read = detailTypes.safeParse(
    readJson(await io.file(args.required(name)), 'The list of types'),
  );
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new UsageError(`--${name}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  }
  const fault = await faultInDetailTypes(read.data);
  if (fault !== undefined) throw new UsageError(`--${name} ${fault}.`);
  return { detailTypes: read.data };
}

export function readFormat(format: string): AccessTokenFormat {
  if (format === 'opaque' || format === 'jwt') return format;
  throw new UsageError('--format must be opaque or jwt.');
}

export function readAudience(text: string): string {
  if (isAudience(text)) return text;
  throw new UsageError('--audience must be an absolute URI without a fragment.');
}

export function readScopes(text: string): readonly string[] {
  const scopes = splitScope(text);
  const fault = findScopeFault(scopes);
  if (fault === undefined) return scopes;
  const suffix = fault.endsWith('ASCII') ? ', separated by spaces' : '';
  throw new UsageError(`--scopes ${fault}${suffix}.`);
}

export function readRequiresPermission(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new UsageError('--require-permission must be true or false.');
}

export function readRevocable(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new UsageError('--revocable must be true or false.');
}

export function readSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= maxAccessTokenSeconds) return seconds;
  throw new UsageError(`--seconds must be a whole number from 1 to ${maxAccessTokenSeconds}.`);
}
