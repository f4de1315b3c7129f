// The features of oidc-provider that are enabled, with their rules.
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { backchannelFeature } from './asynchronous/backchannel-feature.ts';
import { deviceFlow } from './asynchronous/device-flow.ts';
import { checkRequestObject } from './clients/request-objects.ts';
import type { ProviderHooks } from './provider-hooks.ts';

export function features(hooks: ProviderHooks) {
  const {
    users,
    pages,
    introspectionAllowed,
    getResourceServerInfo,
    defaultResource,
    limitClaims,
  } = hooks;
  return {
    devInteractions: { enabled: false },
    claimsParameter: { enabled: true, assertClaimsParameter: limitClaims },
    clientCredentials: { enabled: true },
    deviceFlow: deviceFlow(pages),
    ciba: backchannelFeature({ users }),
    requestObjects: { enabled: true, assertJwtClaimsAndHeader: checkRequestObject },
    introspection: { enabled: true, allowedPolicy: introspectionAllowed },
    jwtIntrospection: { enabled: true },
    jwtUserinfo: { enabled: true },
    revocation: {
      enabled: true,
      // A token of another client is not revoked, and the caller does not learn whether it exists.
      allowedPolicy: async (
        _ctx: KoaContextWithOIDC,
        client: { clientId: string },
        token: { clientId?: string | undefined },
      ) => token.clientId === client.clientId,
    },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo,
      defaultResource,
      // A token is issued for the resource that the user allowed, even if the client does not
      // repeat it.
      useGrantedResource: async () => true,
    },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: pages.confirmSignOut,
      postLogoutSuccessSource: pages.signedOut,
    },
  } satisfies Configuration['features'];
}
