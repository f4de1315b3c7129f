// Creates the endpoints for administration by programs: the management API and Global Token
// Revocation.
import type Provider from 'oidc-provider';
import { createApiRoutes } from './api-routes.ts';
import type { UrlAreas } from '#http/url-areas.ts';
import type { Handler } from '#http/context.ts';
import { createGlobalTokenRevocation } from '#core/revocation/global-token-revocation.api.ts';
import { createApiCors } from '#http/api/cors.ts';
import { createCursors } from '#http/api/cursors.ts';
import { createApiAuthorization } from '#http/api/authorization.ts';
import { createRefusedCalls } from '#http/api/refused-calls.ts';
import { createApiRouter } from '#http/api/router.ts';
import type { Route } from '#http/api/route.ts';
import { createManagementTokens } from '#oidc/tokens/management-tokens.ts';
import { version } from '#cli/version.ts';
import { createClientChanges } from '#oidc/clients/client-changes.ts';
import { createClientRegistration } from '#oidc/clients/client-registration.ts';
import { createSignedCallers } from '#oidc/clients/signed-callers.ts';
import type { OidcProvider } from '#server/oidc-provider.ts';
import { protectUsersOfHigherRank } from './user-rank.ts';
import type { Services } from '#server/composition.ts';

/**
 * The route table. Without a provider, which registers clients, the routes can only be listed.
 */
export function listApiRoutes(services: Services, provider?: Provider): readonly Route[] {
  const { blocking, clientStore: store, now } = services;
  const clientRegistration = async () => {
    if (!provider) throw new TypeError('registration needs oidc-provider');
    return createClientRegistration({ ...services, provider, store });
  };
  const clientChanges = async () =>
    createClientChanges({ store, blocking, registration: await clientRegistration(), now });
  const routes = createApiRoutes({
    ...services,
    clientRegistration,
    clientChanges,
    version,
    cursors: createCursors(services.keyring.derive('rest cursors')),
  });
  return protectUsersOfHigherRank(services, routes);
}

export function createManagementApi(
  services: Services,
  { provider }: Pick<OidcProvider, 'provider'>,
  addresses: UrlAreas,
): readonly Handler[] {
  const { config, now } = services;
  const { issuer } = config;
  const refusals = createRefusedCalls(services);
  const tokens = createManagementTokens({ ...services, provider, issuer });
  return [
    createApiCors({ addresses, origins: config.apiCorsOrigins }),
    createGlobalTokenRevocation({
      issuer,
      addresses,
      callers: createSignedCallers({ ...services, provider, now }),
      revocation: services.globalRevocation,
      refusals,
    }),
    createApiRouter({
      addresses,
      idempotency: services.idempotency,
      guard: createApiAuthorization({ issuer, tokens, refusals }),
      routes: listApiRoutes(services, provider),
    }),
  ];
}
