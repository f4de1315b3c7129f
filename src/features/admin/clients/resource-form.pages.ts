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

export function resourceFields(
  resource: ApiResource | undefined,
  form: Form | undefined,
): readonly Field[] {
  return [
    {
      name: 'scopes',
      label: 'Scopes',
      type: 'text',
      isRequired: true,
      value: form?.get('scopes') ?? resource?.scopes.join(' '),
      hint: 'Separated by spaces, for example: read write',
    },
    {
      name: 'format',
      label: 'Token format',
      type: 'select',
      value: form?.get('format') ?? resource?.accessTokenFormat ?? 'opaque',
      options: [
        { value: 'opaque', label: 'Opaque (checked by introspection)' },
        { value: 'jwt', label: 'JWT (verified by the API)' },
      ],
    },
    {
      name: 'revocable',
      label: 'Revocation of JWTs',
      type: 'select',
      value: form?.get('revocable') ?? String(resource?.revocable ?? false),
      options: [
        { value: 'false', label: 'None (a JWT is valid until it expires)' },
        { value: 'true', label: 'Status list (the API learns of it within seconds)' },
      ],
      hint: 'The API must read the status list. Opaque tokens need none.',
    },
    {
      name: 'permission',
      label: 'Limit user tokens to the scopes their roles allow',
      type: 'check',
      value: form ? form.get('permission') : resource?.requiresPermission ? 'on' : '',
      hint: 'Leaves out scopes that no role grants. Clients acting for themselves are not limited.',
    },
    {
      name: 'seconds',
      label: 'Token lifetime (seconds)',
      type: 'text',
      value: form?.get('seconds') ?? String(resource?.accessTokenSeconds ?? ''),
      hint: 'Leave empty to use ACCESS_TOKEN_SECONDS.',
    },
  ];
}

export function resourceFacts(resource: ApiResource): readonly Fact[] {
  const { scopes, accessTokenFormat, accessTokenSeconds: seconds } = resource;
  return [
    { label: 'Scopes', value: scopes.join(' ') },
    { label: 'Token format', value: accessTokenFormat },
    { label: 'Revocation of JWTs', value: resource.revocable ? 'status list' : 'none' },
    { label: 'Limited to roles', value: resource.requiresPermission ? 'yes' : 'no' },
    {
      label: 'Token lifetime',
      value: seconds === undefined ? 'ACCESS_TOKEN_SECONDS' : `${seconds} s`,
    },
    {
      label: 'Types of authorization details',
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
