// The form of an API resource, with the rules of the command line.
import type { ApiResource } from '#core/clients/clients.ts';
import {
  readAudience,
  readFormat,
  readRevocable,
  readScopes,
  readSeconds,
} from '#core/clients/commands/resources/resource-options.ts';
import { UsageError } from '#cli/framework/arguments.ts';
import type { Form } from '#http/request/input.ts';
import { AppError } from '#platform/errors.ts';
import type { Fact, Field } from '#features/admin/page/page-model.ts';

/** @throws AppError `invalid_input` */
export function audienceFrom(form: Form): string {
  return read(() => readAudience(form.get('audience').trim()));
}

const revocations = [
  { value: 'false', label: 'None (valid until expiry)' },
  { value: 'true', label: 'Status list' },
];

/** Only in the form for a new API. */
export function audienceField(form: Form | undefined): Field {
  return {
    name: 'audience',
    label: 'Audience',
    type: 'text',
    isRequired: true,
    value: form?.get('audience'),
    placeholder: 'https://api.example.com',
    hint: 'Clients send this URI in `resource`; tokens carry it in `aud`.',
  };
}

export function resourceFields(
  resource: ApiResource | undefined,
  form: Form | undefined,
  defaultSeconds: number,
): readonly Field[] {
  return [
    {
      name: 'scopes',
      label: 'Scopes',
      type: 'text',
      isRequired: true,
      value: form?.get('scopes') ?? resource?.scopes.join(' '),
      hint: 'Separated by spaces, such as `read write`.',
    },
    {
      name: 'format',
      label: 'Token format',
      type: 'select',
      value: form?.get('format') ?? resource?.accessTokenFormat ?? 'opaque',
      options: [
        { value: 'opaque', label: 'Opaque' },
        { value: 'jwt', label: 'JWT' },
      ],
      hint: 'The API checks opaque tokens by introspection, and verifies JWTs itself.',
    },
    {
      name: 'revocable',
      label: 'JWT revocation',
      type: 'select',
      value: form?.get('revocable') ?? String(resource?.revocable ?? false),
      options: revocations,
      hint: 'With a status list, the API must check it. Opaque tokens don’t need one.',
    },
    {
      name: 'permission',
      label: 'Limit user tokens to scopes granted by roles',
      type: 'check',
      value: form ? form.get('permission') : resource?.requiresPermission ? 'on' : '',
      hint: 'Drops scopes that none of the user’s roles grant. Doesn’t affect client credentials.',
    },
    {
      name: 'seconds',
      label: 'Token lifetime (seconds)',
      type: 'text',
      value: form?.get('seconds') ?? String(resource?.accessTokenSeconds ?? ''),
      hint: `Defaults to ${defaultSeconds}.`,
    },
  ];
}

export function resourceFacts(resource: ApiResource): readonly Fact[] {
  const { scopes, accessTokenFormat, accessTokenSeconds: seconds } = resource;
  return [
    { label: 'Scopes', value: scopes.join(' ') },
    { label: 'Token format', value: accessTokenFormat },
    { label: 'JWT revocation', value: resource.revocable ? 'status list' : 'none' },
    { label: 'Limited to roles', value: resource.requiresPermission ? 'yes' : 'no' },
    {
      label: 'Token lifetime',
      value: seconds === undefined ? 'ACCESS_TOKEN_SECONDS' : `${seconds} s`,
    },
    {
      label: 'Authorization details types',
      value: (resource.detailTypes ?? []).map(({ type }) => type).join(' ') || 'none',
    },
  ];
}

/** @throws AppError `invalid_input` */
export function resourceFrom(form: Form): Omit<ApiResource, 'audience'> {
  return read(() => ({
    scopes: readScopes(form.get('scopes')),
    accessTokenFormat: readFormat(form.get('format')),
    requiresPermission: form.get('permission') === 'on',
    revocable: readRevocable(form.get('revocable') || 'false'),
    accessTokenSeconds: readSeconds(form.get('seconds').trim() || undefined),
  }));
}

/** The rules are those of the command line, whose messages begin with the option. */
function read<Value>(rule: () => Value): Value {
  try {
    return rule();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new AppError('invalid_input', error.message.replace(/^--/, ''), { cause: error });
  }
}
