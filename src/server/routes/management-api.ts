// Creates the endpoints for administration by programs: the management API and Global Token
// Revocation.
import { createApiRoutes } from './api-routes.ts';
import type { UrlAreas } from '#http/url-areas.ts';
import type { Handler } from '#http/context.ts';
import { createGlobalTokenRevocation } from '#core/revocation/global-token-revocation.api.ts';
import { createCursors } from '#http/api/cursors.ts';
import { createApiAuthorization } from '#http/api/authorization.ts';
import { createRefusedCalls } from '#http/api/refused-calls.ts';
import { createApiRouter } from '#http/api/router.ts';
import type { Route } from '#http/api/route.ts';
import { createManagementTokens } from '#oidc/tokens/management-tokens.ts';
import { createSignedCallers } from '#oidc/clients/signed-callers.ts';
import type { OidcProvider } from '#server/oidc-provider.ts';
import { protectHigherRank } from './rank.ts';
import type { Services } from '#server/composition.ts';

/** The route table; exported for tools that list the routes. */
export function listApiRoutes(services: Services): readonly Route[] {
  const cursors = createCursors(services.keyring.derive('rest cursors'));
  return protectHigherRank(services, createApiRoutes({ ...services, cursors }));
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
    createGlobalTokenRevocation({
      issuer,
      addresses,
      callers: createSignedCallers({ ...services, provider, now }),
      revocation: services.globalRevocation,
      refusals,
    }),
    createApiRouter({
      addresses,
      guard: createApiAuthorization({ issuer, tokens, refusals }),
      routes: listApiRoutes(services),
    }),
  ];
}
