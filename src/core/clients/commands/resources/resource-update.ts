// resource update: changes the scopes, the token format or the token lifetime of an API.
import { UsageError } from '#cli/framework/arguments.ts';
import { describeValues } from '#cli/framework/columns.ts';
import type { Arguments, Command } from '#cli/framework/command.ts';
import type { ApiResource } from '#core/clients/clients.ts';
import type { ResourceAdministration } from '#core/clients/administration/resource-administration.service.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { presentResource } from './format-resource.ts';
import {
  readFormat,
  readRequiresPermission,
  readRevocable,
  readScopes,
  readSeconds,
  resourceOptions,
} from './resource-options.ts';

interface Needs {
  readonly resourceAdministration: ResourceAdministration;
}

export const resourceUpdate: Command<Needs> = {
  name: 'resource update',
  summary: 'Change an API. Access tokens issued before stay as they are until they expire.',
  operand: 'AUDIENCE',
  options: {
    ...resourceOptions,
    seconds: {
      value: 'N|default',
      meaning: 'Lifetime of its access tokens; default: ACCESS_TOKEN_SECONDS applies again',
    },
  },
  examples: ['resource update https://api.example --scopes "read write delete"'],
  check(args) {
    if (Object.keys(readChanges(args)).length > 0) return;
    throw new UsageError(
      'One of --scopes, --format, --seconds, --require-permission, --revocable is required.',
    );
  },
  async run({ resourceAdministration }, args) {
    const { operand } = args;
    const resource = await resourceAdministration.update(operand, readChanges(args), {
      by: commandLineActor,
    });
    const document = presentResource(resource);
    return { document, text: `The API is updated.\n\n${describeValues(document)}` };
  },
};

function readChanges(args: Arguments): Partial<ApiResource> {
  const names = ['scopes', 'format', 'seconds', 'require-permission', 'revocable'];
  const [scopes, format, seconds, permission, revocable] = names.map((name) => args.text(name));
  return {
    ...(scopes === undefined ? {} : { scopes: readScopes(scopes) }),
    ...(permission === undefined ? {} : { requiresPermission: readRequiresPermission(permission) }),
    ...(revocable === undefined ? {} : { revocable: readRevocable(revocable) }),
    ...(format === undefined ? {} : { accessTokenFormat: readFormat(format) }),
    ...(seconds === undefined
      ? {}
      : { accessTokenSeconds: readSeconds(seconds === 'default' ? undefined : seconds) }),
  };
}
