// resource create: registers an API as an audience of access tokens (RFC 8707).
import type { ApiResource } from '#core/clients/clients.ts';
import { AppError } from '#platform/errors.ts';
import type { Command } from '#cli/framework/command.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { ResourceAdministration } from '#core/clients/administration/resource-administration.service.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import type { Arguments } from '#cli/framework/command.ts';
import { describeValues } from '#cli/framework/columns.ts';
import { presentResource } from './format-resource.ts';
import {
  readAudience,
  readFormat,
  readRequiresPermission,
  readRevocable,
  readScopes,
  readSeconds,
  resourceOptions,
} from './resource-options.ts';

interface Needs {
  readonly clients: Clients;
  readonly resourceAdministration: ResourceAdministration;
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
    scopes: { ...resourceOptions.scopes, isRequired: true },
    format: { ...resourceOptions.format, isRequired: true },
    seconds: resourceOptions.seconds,
    'require-permission': resourceOptions['require-permission'],
    revocable: resourceOptions.revocable,
  },
  check: (args) => void readResource(args),
  examples: [
    'resource create --audience https://api.example --scopes "read write" --format opaque',
  ],
  async run({ clients, resourceAdministration }, args) {
    const resource = readResource(args);
    if (await clients.findResource(resource.audience)) {
      throw new AppError('conflict', 'There is already an API with this audience.');
    }
    await resourceAdministration.create(resource, commandLineActor);
    const document = presentResource(resource);
    return { document, text: `The API is registered.\n\n${describeValues(document)}` };
  },
};

function readResource(args: Arguments): ApiResource {
  return {
    audience: readAudience(args.required('audience')),
    scopes: readScopes(args.required('scopes')),
    accessTokenFormat: readFormat(args.required('format')),
    accessTokenSeconds: readSeconds(args.text('seconds')),
    requiresPermission: readRequiresPermission(args.text('require-permission') ?? 'false'),
    revocable: readRevocable(args.text('revocable') ?? 'false'),
  };
}
