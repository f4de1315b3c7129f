// resource create: registers an API as an audience of access tokens (RFC 8707).
import type { ApiResource } from '#core/clients/clients.ts';
import { AppError } from '#platform/errors.ts';
import { isObjectPrototypeName } from '#platform/object-names.ts';
import { isStandardScope, splitScope } from '#core/clients/scopes.ts';
import type { Command } from '#cli/framework/command.ts';
import type { ApiResourceStore } from '#core/clients/api-resources.store.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import { UsageError } from '#cli/framework/arguments.ts';
import type { Arguments } from '#cli/framework/command.ts';
import { describeValues } from '#cli/framework/columns.ts';
import { presentResource } from './format-resource.ts';

/** The upper bound of ACCESS_TOKEN_SECONDS. */
const maxSeconds = 24 * 60 * 60;
const maxAudienceLength = 2000;

interface Needs {
  readonly apiResources: ApiResourceStore;
  readonly clients: Clients;
  readonly invalidation: Invalidation;
  readonly now: () => Date;
}

export const resourceCreate: Command<Needs> = {
  name: 'resource create',
  summary: 'Register an API as an audience of access tokens.',
  options: {
    audience: {
      value: 'URI',
      isRequired: true,
      meaning: 'The resource indicator that clients send',
    },
    scopes: { value: '"a b"', isRequired: true, meaning: 'Its scopes, in one argument' },
    format: {
      value: 'opaque|jwt',
      isRequired: true,
      meaning: 'opaque: introspected, revoked immediately; jwt: validated by the API itself',
    },
    seconds: {
      value: 'N',
      meaning: 'Lifetime of its access tokens; default: ACCESS_TOKEN_SECONDS',
    },
  },
  check: (args) => void readResource(args),
  async run({ apiResources, clients, invalidation, now }, args) {
    const resource = readResource(args);
    if (await clients.findResource(resource.audience)) {
      throw new AppError('conflict', 'There is already an API with this audience.');
    }
    await apiResources.insert(resource, now());
    await invalidation.publish({});
    const document = presentResource(resource);
    return { document, text: `The API is registered.\n\n${describeValues(document)}` };
  },
};

function readResource(args: Arguments): ApiResource {
  const format = args.required('format');
  if (format !== 'opaque' && format !== 'jwt') {
    throw new UsageError('--format must be opaque or jwt.');
  }
  return {
    audience: readAudience(args.required('audience')),
    scopes: readScopes(args.required('scopes')),
    accessTokenFormat: format,
    accessTokenSeconds: readSeconds(args.text('seconds')),
  };
}

/**
 * RFC 8707 §2: an absolute URI without a fragment. It is compared as text, so it is not normalized.
 */
function readAudience(text: string): string {
  const isUri = /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i.test(text) && URL.canParse(text);
  if (isUri && !text.includes('#') && text.length <= maxAudienceLength) return text;
  throw new UsageError('--audience must be an absolute URI without a fragment.');
}

/**
 * RFC 6749 §3.3. Standard scopes stand for claims about the user and must not be scopes of an API.
 */
function readScopes(text: string): readonly string[] {
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

function readSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= maxSeconds) return seconds;
  throw new UsageError(`--seconds must be a whole number from 1 to ${maxSeconds}.`);
}
