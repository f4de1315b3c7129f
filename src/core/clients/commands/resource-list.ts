// resource list: lists all APIs, the management API first.
import { managementAudience } from '#core/clients/scopes.ts';
import type { DataCommand } from '#cli/framework/context.ts';
import { alignColumns } from '#cli/framework/columns.ts';
import { presentResource } from './format-resource.ts';

export const resourceList: DataCommand = {
  name: 'resource list',
  summary: 'List the APIs that are audiences of access tokens.',
  options: {},
  async run({ installation: { config, services, stores } }) {
    const own = await services.clients.findResource(managementAudience(config.issuer));
    const others = await stores.apiResources.list();
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
