// Creates the endpoints for administration by programs: the management API and Global Token
// Revocation.
import { createCatalogue } from './api-routes.ts';
import type { Addresses } from '#http/url-areas.ts';
import type { Handler } from '#http/context.ts';
import { createGlobalTokenRevocation } from '#core/revocation/global-token-revocation.api.ts';
import { createCursors } from '#http/api/cursors.ts';
import { createGuard } from '#http/api/authorization.ts';
import { createRefusals } from '#http/api/refused-calls.ts';
import { createApiRouter } from '#http/api/router.ts';
import type { Route } from '#http/api/route.ts';
import { createManagementTokens } from '#oidc/tokens/management-tokens.ts';
import { createSignedCallers } from '#oidc/clients/signed-callers.ts';
import type { Engine } from '#server/oidc-provider.ts';
import type { Services } from '#server/composition.ts';

/** The route table; exported for tools that list the routes. */
export function listRestRoutes(services: Services): readonly Route[] {
  return createCatalogue({
    ...services,
    cursors: createCursors(services.keyring.derive('rest cursors')),
  });
}

export function createManagementApi(
  services: Services,
  { provider }: Pick<Engine, 'provider'>,
  addresses: Addresses,
): readonly Handler[] {
  const { config, now } = services;
  const { issuer } = config;
  const refusals = createRefusals(services);
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
      guard: createGuard({ issuer, tokens, refusals }),
      routes: listRestRoutes(services),
    }),
  ];
}
