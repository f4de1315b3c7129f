// Management API for clients: search, register and show. Changes are in client-changes.api.ts.
import { z } from 'zod';
import { clientSegment } from '#core/clients/administration/client-path.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import { profileNames } from '#core/clients/profiles/client-profiles.ts';
import { searchByViolations } from '#core/clients/profiles/violating-clients.service.ts';
import { tagOf } from '#http/api/conditions.ts';
import type { Cursors } from '#http/api/cursors.ts';
import { clientId, notFound } from '#http/api/parameters.ts';
import { pageOf, problem } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { pageMembers } from '#http/api/schemas.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { ClientRegistration } from '#oidc/clients/client-registration.ts';
import { clientMetadata, newSecret, presentClientJson, shownClient } from './client-json.api.ts';
import type { ClientSearchStore } from './client-search.store.ts';

export interface ClientAccountRouteDependencies {
  readonly clientStore: ClientStore;
  readonly clientSearch: ClientSearchStore;
  readonly clientRegistration: () => Promise<ClientRegistration>;
  readonly cursors: Cursors;
}

const clientStates = ['active', 'blocked'] as const;

const search = z.strictObject({
  search: z.string().min(1).max(255).optional().describe('a part of the id or the name'),
  status: z.enum(clientStates).optional().describe('active or blocked'),
  profile: z.enum(profileNames).optional().describe(profileNames.join(', ')),
  violations: z.enum(['true', 'false']).optional().describe('true or false'),
  ...pageMembers,
});

export function clientAccountRoutes(
  dependencies: ClientAccountRouteDependencies,
): readonly Route[] {
  return [searchClients(dependencies), registerClient(dependencies), showClient(dependencies)];
}

function searchClients({ clientSearch, cursors }: ClientAccountRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/clients',
    scopes: ['clients:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary:
      'Search clients by id, name, status, profile and violations, in the order of their ids.',
    params: {},
    query: search,
    responses: { 200: pageOf(shownClient) },
    async handle({ query, list }) {
      const { search: text, status, profile, violations } = query;
      const isBlocked = status === undefined ? undefined : status === 'blocked';
      const filter = { text, isBlocked, profile };
      const page = cursors.pageOf(list, query);
      const found =
        violations === undefined
          ? await clientSearch.search(filter, page)
          : await searchByViolations(
              clientSearch,
              { ...filter, isViolating: violations === 'true' },
              page,
            );
      return cursors.present(list, found, presentClientJson);
    },
  });
}

function registerClient({ clientRegistration }: ClientAccountRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/clients',
    scopes: ['clients:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Register a client; a repetition with the same Idempotency-Key omits the secret.',
    params: {},
    body: clientMetadata,
    responses: {
      201: shownClient.extend(newSecret),
      403: problem('forbidden'),
      409: problem('conflict'),
      422: problem('idempotency_key_reused'),
    },
    handle: ({ body, caller, creates }) =>
      creates(async (keep) => {
        const registration = await clientRegistration();
        const { client, clientSecret } = await registration.create(body, {
          by: caller.actor,
          join: (tx, created) =>
            keep(tx, {
              location: `/clients/${encodeURIComponent(clientSegment(created.clientId))}`,
              answer: presentClientJson(created),
            }),
        });
        const secret = clientSecret === undefined ? {} : { client_secret: clientSecret };
        return { ...presentClientJson(client), ...secret };
      }),
  });
}

function showClient({ clientStore }: ClientAccountRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/clients/{clientId}',
    scopes: ['clients:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Show a client without its secret; the ETag is needed to change it.',
    params: { clientId },
    responses: { 200: shownClient, 404: problem('client_not_found') },
    async handle({ params, tag }) {
      const client = await clientStore.find(params.clientId);
      if (!client) throw notFound(clientId);
      const shown = presentClientJson(client);
      tag(tagOf(shown));
      return shown;
    },
  });
}
