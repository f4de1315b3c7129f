// openapi: prints the OpenAPI document, for documentation tools and generators of clients.
import type { ProcessCommand } from '#cli/framework/context.ts';
import { version } from '#cli/version.ts';

export const openapi: ProcessCommand = {
  name: 'openapi',
  summary: 'Print the OpenAPI 3.1 document of this server.',
  options: {},
  examples: ['openapi > openapi.json'],
  async run({ readConfig }) {
    const [{ createOpenApiDocument }, { describeApiRoutes }] = await Promise.all([
      import('#http/api/openapi/document.ts'),
      import('#server/routes/api-routes.ts'),
    ]);
    const { issuer, productName } = readConfig();
    const facts = { issuer, productName, version, routes: describeApiRoutes() };
    const document = createOpenApiDocument(facts);
    return { document, text: `${JSON.stringify(document, undefined, 2)}\n` };
  },
};
