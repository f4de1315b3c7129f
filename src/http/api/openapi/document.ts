// The OpenAPI 3.1 document: the routes of the management API and the endpoints of the protocol, from
// the same declarations that the server uses.
import { managementScopes } from '#core/clients/scopes.ts';
import type { Route } from '#http/api/route.ts';
import { problemComponents } from './problems.ts';
import { describeProtocol } from './protocol/endpoints.ts';
import { describeRoute, operationPath } from './operations.ts';

export interface DocumentFacts {
  readonly issuer: string;
  readonly productName: string;
  readonly version: string;
  readonly routes: readonly Route[];
}

export type OpenApiDocument = ReturnType<typeof createOpenApiDocument>;

export function createOpenApiDocument({ issuer, productName, version, routes }: DocumentFacts) {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = operationPath(route);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: `${productName}: OAuth, OpenID Connect and management API`,
      version,
      description:
        'The endpoints of the protocol for clients and resource servers, and the management API for ' +
        'the programs of operators.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: issuer }],
    tags: tagsOf(routes),
    paths: { ...describeProtocol(), ...paths },
    components: {
      ...problemComponents,
      securitySchemes: {
        management: {
          type: 'oauth2',
          description: `An opaque access token for the audience ${issuer}/auth/api.`,
          flows: {
            clientCredentials: {
              tokenUrl: `${issuer}/oauth2/token`,
              scopes: Object.fromEntries(
                managementScopes.map((scope) => [scope, describeScope(scope)]),
              ),
            },
          },
        },
        accessToken: { type: 'http', scheme: 'bearer', description: 'An access token.' },
        clientSecret: {
          type: 'http',
          scheme: 'basic',
          description: 'The client_id and client_secret, each form-encoded (RFC 6749 §2.3.1).',
        },
        registrationToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'An initial access token, or the token of the registration itself.',
        },
        signedJwt: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'A JWT signed with the key of the client.',
        },
      },
    },
  };
}

function tagsOf(routes: readonly Route[]) {
  const protocol = { name: 'protocol', description: 'OAuth 2.1 and OpenID Connect.' };
  const names = new Set(routes.map(({ path }) => path.split('/')[1] ?? ''));
  const others = [...names].map((name) => ({ name, description: `Management API: ${name}.` }));
  return [protocol, ...others];
}

function describeScope(scope: string): string {
  const [subject = '', act] = scope.split(':');
  return act === 'read' ? `Read ${subject}.` : `Change ${subject}.`;
}
