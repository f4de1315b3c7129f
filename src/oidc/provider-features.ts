// The features of oidc-provider that are enabled, with their rules.
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { Config } from '#config/config.ts';
import { fapiProfileOf } from './clients/client-policies.ts';
import { backchannelFeature } from './asynchronous/backchannel-feature.ts';
import { deviceFlow } from './asynchronous/device-flow.ts';
import type { ProviderHooks } from './provider-hooks.ts';
import { mutualTls } from './security/client-certificates.ts';
import { requiresNonce } from './security/dpop-nonces.ts';

export function features(config: Config, hooks: ProviderHooks) {
  const { details, users } = hooks;
  const { pages, introspectionAllowed, getResourceServerInfo, defaultResource, limitClaims } =
    hooks;
  return {
    devInteractions: { enabled: false },
    claimsParameter: { enabled: true, assertClaimsParameter: limitClaims },
    clientCredentials: { enabled: true },
    dPoP: { enabled: true, nonceSecret: hooks.dpopNonceSecret, requireNonce: requiresNonce },
    mTLS: mutualTls(config),
    jwtResponseModes: { enabled: true },
    encryption: { enabled: true },
    requestObjects: { enabled: true, assertJwtClaimsAndHeader: hooks.checkRequestObject },
    fapi: { enabled: true, profile: fapiProfileOf },
    deviceFlow: deviceFlow(pages),
    ciba: backchannelFeature({ users }),
    introspection: { enabled: true, allowedPolicy: introspectionAllowed },
    jwtIntrospection: { enabled: true },
    jwtUserinfo: { enabled: true },
    revocation: { enabled: true, allowedPolicy: isTokenOfClient },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo,
      defaultResource,
      // A token is issued for the resource that the user allowed, even if the client does not
      // repeat it.
      useGrantedResource: async () => true,
    },
    richAuthorizationRequests: {
      enabled: true,
      types: {}, // patches/grants/detail-types.ts
      authorizationDetailsForGrantSource: details.forGrantSource,
      authorizationDetailsForAccessToken: details.forAccessToken,
      authorizationDetailsForIntrospection: details.forIntrospection,
    },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: pages.confirmSignOut,
      postLogoutSuccessSource: pages.signedOut,
    },
  } satisfies Configuration['features'];
}

/** Another client's token is not revoked, and the caller does not learn whether it exists. */
async function isTokenOfClient(
  _ctx: KoaContextWithOIDC,
  client: { clientId: string },
  token: { clientId?: string | undefined },
): Promise<boolean> {
  return token.clientId === client.clientId;
}
