// The doors for programs that act for operators: the REST interface and Global Token Revocation.
import { createCatalogue } from '#http/api/catalogue.ts';
import type { Addresses } from '#http/addresses.ts';
import type { Handler } from '#http/context.ts';
import { createGlobalTokenRevocation } from '#http/guards/global-token-revocation.ts';
import { createCursors } from '#http/rest/cursors.ts';
import { createGuard } from '#http/rest/guard.ts';
import { createRefusals } from '#http/rest/refusals.ts';
import { createRestRouter } from '#http/rest/router.ts';
import type { Route } from '#http/rest/route.ts';
import { createManagementTokens } from '#oidc/tokens/management-tokens.ts';
import { createSignedCallers } from '#oidc/clients/signed-callers.ts';
import type { Engine } from './engine.ts';
import type { Installation } from './installation.ts';

/** The table, also for whoever walks it. */
export function listRestRoutes({ services, stores, keyring, now }: Installation): readonly Route[] {
  return createCatalogue({
    ...services,
    users: stores.users,
    cursors: createCursors(keyring.derive('rest cursors')),
    now,
  });
}

export function createOperatorDoors(
  installation: Installation,
  { provider }: Pick<Engine, 'provider'>,
  addresses: Addresses,
): readonly Handler[] {
  const { config, services, stores, log, now } = installation;
  const { issuer } = config;
  const refusals = createRefusals({ audit: services.audit, log, now });
  const tokens = createManagementTokens({ ...services, provider, users: stores.users, issuer });
  return [
    createGlobalTokenRevocation({
      issuer,
      addresses,
      callers: createSignedCallers({ ...services, provider, now }),
      revocation: services.globalRevocation,
      refusals,
    }),
    createRestRouter({
      addresses,
      guard: createGuard({ issuer, tokens, refusals }),
      routes: listRestRoutes(installation),
    }),
  ];
}
