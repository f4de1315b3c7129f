// resource show: prints an API, which may be the built-in management API.
import type { Command } from '#cli/framework/command.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import { AppError } from '#platform/errors.ts';
import { describeResource, presentResource } from './format-resource.ts';

interface Needs {
  readonly clients: Clients;
}

export const resourceShow: Command<Needs> = {
  name: 'resource show',
  summary: 'Show an API.',
  operand: 'AUDIENCE',
  options: {},
  async run({ clients }, { operand }) {
    const resource = await clients.findResource(operand);
    if (!resource) throw new AppError('not_found', 'There is no API with this audience.');
    const document = presentResource(resource);
    return { document, text: describeResource(resource) };
  },
};
