// Creates the endpoints for clients that oidc-provider does not provide: the management API, Global Token
// Revocation and client registration.
import { createApiRoutes } from './api-routes.ts';
import { createRegistrationEndpoint } from '#features/client-registration/protocol/registration-endpoint.api.ts';
import { createDynamicRegistration } from '#features/client-registration/dynamic-registration.service.ts';
import { createReception } from '#features/shared-signals/receiver/reception.api.ts';
import { createTransmitter } from '#features/shared-signals/transmitter/transmitter.api.ts';
import { createSignalCallers } from '#oidc/clients/signal-callers.ts';
import type { UrlAreas } from '#http/url-areas.ts';
import type { Handler } from '#http/context.ts';
import { createGlobalTokenRevocation } from '#core/revocation/global-token-revocation.api.ts';
import { createApiCors } from '#http/api/cors.ts';
import { createCursors } from '#http/api/cursors.ts';
import { createApiAuthorization } from '#http/api/authorization.ts';
import { createRefusedCalls } from '#http/api/refused-calls.ts';
import { createApiRouter } from '#http/api/router.ts';
import type { Route } from '#http/api/route.ts';
import { version } from '#cli/version.ts';
import { endsAccess } from '#oidc/clients/client-changes.ts';
import { selfRegisteredMembers } from '#oidc/clients/client-members.ts';
import type { NewClient } from '#core/clients/clients.ts';
import { refuseUnofferedMembers } from '#oidc/security/security-members.ts';
import { createSignedCallers } from '#oidc/clients/signed-callers.ts';
import type { PageKit } from './page-kit.ts';
import { protectHigherRank } from './user-rank.ts';
import type { Services } from '#server/composition.ts';

type Registering = Pick<PageKit, 'clientRegistration' | 'clientChanges'>;

/** The route table. Without the services that register clients, the routes can only be listed. */
export function listApiRoutes(services: Services, registering?: Registering): readonly Route[] {
  const registered = (): Registering => {
    if (!registering) throw new TypeError('registration needs oidc-provider');
    return registering;
  };
  const routes = createApiRoutes({
    ...services,
    clientRegistration: async () => registered().clientRegistration,
    clientChanges: async () => registered().clientChanges,
    version,
    cursors: createCursors(services.keyring.derive('rest cursors')),
  });
  return protectHigherRank(services, routes);
}

export function createManagementApi(
  services: Services,
  kit: Registering & Pick<PageKit, 'provider' | 'managementTokens'>,
  addresses: UrlAreas,
): readonly Handler[] {
  const { config, now } = services;
  const { provider, managementTokens: tokens } = kit;
  const { issuer } = config;
  const refusals = createRefusedCalls(services);
  return [
    createApiCors({ addresses, origins: config.apiCorsOrigins }),
    createGlobalTokenRevocation({
      issuer,
      addresses,
      callers: createSignedCallers({ ...services, provider, now }),
      revocation: services.globalRevocation,
      refusals,
    }),
    ...registrationEndpoints(services, kit, addresses),
    createTransmitter({
      ...services,
      issuer,
      addresses,
      signalCallers: createSignalCallers({ ...services, provider, issuer }),
      refusals,
    }),
    createReception({ ...services, addresses, refusals }),
    createApiRouter({
      addresses,
      idempotency: services.idempotency,
      guard: createApiAuthorization({
        issuer,
        tokens,
        refusals,
        needsSecondFactor: config.apiSecondFactor === 'required',
      }),
      routes: listApiRoutes(services, kit),
    }),
  ];
}

/** No endpoints with CLIENT_REGISTRATION=off, so that the paths do not exist. */
function registrationEndpoints(
  services: Services,
  { clientRegistration }: Registering,
  addresses: UrlAreas,
): readonly Handler[] {
  const { config } = services;
  const { issuer, clientRegistration: mode } = config;
  if (mode === 'off') return [];
  async function validate(client: NewClient) {
    refuseUnofferedMembers(client.metadata, config);
    return clientRegistration.validate(client);
  }
  const rules = { members: selfRegisteredMembers, validate, endsAccess };
  const registration = createDynamicRegistration({ ...services, rules });
  return [createRegistrationEndpoint({ issuer, addresses, registration, isOpen: mode === 'open' })];
}
