// resource list: lists all APIs, the management API first.
import { managementAudience } from '#core/clients/scopes.ts';
import type { Command } from '#cli/framework/command.ts';
import type { ApiResourceStore } from '#core/clients/api-resources.store.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { Config } from '#config/config.ts';
import { alignColumns } from '#cli/framework/columns.ts';
import { presentResource } from './format-resource.ts';

interface Needs {
  readonly apiResources: ApiResourceStore;
  readonly clients: Clients;
  readonly config: Config;
}

export const resourceList: Command<Needs> = {
  name: 'resource list',
  summary: 'List the APIs that are audiences of access tokens.',
  options: {},
  async run({ apiResources, clients, config }) {
    const own = await clients.findResource(managementAudience(config.issuer));
    const others = await apiResources.list();
    const document = [...(own ? [own] : []), ...others].map(presentResource);
    const rows = document.map((resource) => [
      resource.audience,
      resource.access_token_format,
      resource.access_token_seconds === null ? '-' : `${resource.access_token_seconds} s`,
      resource.scopes.join(' '),
    ]);
    return { document, text: alignColumns([['AUDIENCE', 'FORMAT', 'LIFE', 'SCOPES'], ...rows]) };
  },
};
