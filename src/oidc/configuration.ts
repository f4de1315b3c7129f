// The configuration of oidc-provider: routes, claims, rules and lifetimes. Functions that look up
// data are passed in as hooks.
import type { Configuration, ResourceServer } from 'oidc-provider';
import type { Config } from '#config/config.ts';
import { providerAcr, supportedAcrValues } from '#core/sessions/authentication.ts';
import { locales } from '#http/i18n/languages.ts';
import { claimsOfScope } from '#core/clients/scopes.ts';
import { statusListsPath } from '#core/token-status/status-list.ts';
import { enabledAlgorithms } from './algorithms.ts';
import { customClientMembers } from './adapters/client-adapter.ts';
import { accessSecondsOf, isPkceRequired, refreshSecondsOf } from './clients/client-policies.ts';
import { checkClient } from './clients/client-rules.ts';
import { lifetimeOfRequest } from './asynchronous/backchannel-feature.ts';
import { isDeviceRoute } from './asynchronous/device-routes.ts';
import { features } from './provider-features.ts';
import type { ProviderHooks } from './provider-hooks.ts';
import { ownCookie } from '#platform/request/own-cookie.ts';
import {
  certificateMethods,
  endpointAliases,
  type CertificateSettings,
} from './security/client-certificates.ts';
import { validatesSector } from './security/subject-identifiers.ts';
import { createSessionLifetime } from './sessions/session-lifetimes.ts';
import { organizationParameter } from './access-control/organization.ts';

export const routes = {
  authorization: '/oauth2/authorize',
  token: '/oauth2/token',
  userinfo: '/oauth2/userinfo',
  jwks: '/oauth2/jwks',
  introspection: '/oauth2/introspect',
  revocation: '/oauth2/revoke',
  pushed_authorization_request: '/oauth2/par',
  registration: '/oauth2/register',
  device_authorization: '/oauth2/device_authorization',
  backchannel_authentication: '/oauth2/bc-authorize',
  end_session: '/oauth2/logout',
  code_verification: '/device',
} as const;

/** Implemented here, not by oidc-provider: draft-parecki-oauth-global-token-revocation. */
export const globalRevocationPath = '/oauth2/global-token-revocation';

/** Implemented here, not by oidc-provider: draft-ietf-oauth-first-party-apps. */
export const authorizationChallengePath = '/oauth2/authorize-challenge';

/** Seconds. RFC 9700 and FAPI 2.0 limit the lifetime of a code to one minute. */
const codeSeconds = 60;
const idTokenSeconds = 3600;
/** Seconds. A user needs minutes to find the page and to sign in (RFC 8628 §6.1). */
const deviceCodeSeconds = 600;
export const interactionSeconds = 900;

export const clientAuthMethods = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
] as const;

/** All methods that the settings offer. */
export function offeredAuthMethods(config: CertificateSettings) {
  return [...clientAuthMethods, ...certificateMethods(config)];
}

export function providerConfiguration(config: Config, hooks: ProviderHooks): Configuration {
  return {
    adapter: hooks.adapter,
    jwks: hooks.jwks,
    findAccount: hooks.findAccount,
    loadExistingGrant: hooks.loadExistingGrant,
    renderError: hooks.pages.renderError,
    routes,
    ...claims(hooks),
    ...clientRules(config, hooks),
    ...tokenRules(hooks),
    extraParams: [organizationParameter],
    discovery: {
      ui_locales_supported: [...locales],
      prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
      ...(config.clientRegistration === 'off'
        ? {}
        : { registration_endpoint: `${config.issuer}${routes.registration}` }),
      ...(config.clientIdMetadataDocuments === 'off'
        ? {}
        : { client_id_metadata_document_supported: true }),
      ...(config.nativeSignIn === 'off'
        ? {}
        : { authorization_challenge_endpoint: `${config.issuer}${authorizationChallengePath}` }),
      global_token_revocation_endpoint: `${config.issuer}${globalRevocationPath}`,
      global_token_revocation_endpoint_auth_methods_supported: ['private_key_jwt'],
      ...endpointAliases(config, basePathOf(config)),
      status_list_aggregation_endpoint: `${config.issuer}${statusListsPath}`,
    },
    enabledJWA: enabledAlgorithms(config),
    fetch: hooks.fetch as typeof fetch, // oidc-provider passes URLs and bodies as strings
    fetchResponseBodyLimits: { jwks_uri: 64 * 1024, sector_identifier_uri: 64 * 1024 },
    interactions: {
      policy: hooks.interactionPolicy,
      url: (_ctx, { uid }) => `${basePathOf(config)}/auth/interaction/${uid}`,
    },
    cookies: cookies(config, hooks),
    features: features(config, hooks),
    ttl: lifetimes(config, hooks),
  };
}

function claims({ extraClaims, subjects }: ProviderHooks): Configuration {
  const standard = Object.entries(claimsOfScope).map(([scope, names]) => [scope, [...names]]);
  const extra = [...extraClaims.extraScopes].map(([scope, names]) => [scope, [...names]]);
  // Pairs of a scope and the names of its claims, as built above.
  const byScope = Object.fromEntries([...standard, ...extra]) as Record<string, string[]>;
  return {
    // Always includes `providerAcr`, because operators can add an identity provider at any time.
    acrValues: [providerAcr, ...supportedAcrValues],
    claims: {
      ...byScope,
      // Every ID token states how and when the user signed in, whether or not the client requested
      // it.
      // The organization is in every ID token of a sign-in that named one, so that clients can
      // compare them.
      // The actor is in every ID token of an impersonation.
      openid: ['sub', 'acr', 'amr', 'auth_time', 'org_id', 'act'],
      iss: null,
      sid: null,
    },
    scopes: [...Object.keys(claimsOfScope), ...extraClaims.extraScopes.keys()],
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: (_ctx, userId, client) => subjects.of(client, userId),
    sectorIdentifierUriValidate: validatesSector,
  };
}

/** What clients may register and must send. */
function clientRules(config: Config, hooks: ProviderHooks): Configuration {
  return {
    responseTypes: ['code'],
    clientAuthMethods: offeredAuthMethods(config),
    allowOmittingSingleRegisteredRedirectUri: false,
    assertJwtClientAuthClaimsAndHeader: hooks.assertClientAssertion,
    clientBasedCORS: (_ctx, origin, client) =>
      (client.redirectUris ?? []).some((uri) => originOf(uri) === origin),
    extraClientMetadata: { properties: customClientMembers, validator: checkClient },
    pkce: { required: (ctx, client) => isPkceRequired(ctx, client, config) },
  };
}

/** When tokens are issued, rotated and revoked. */
function tokenRules(hooks: ProviderHooks): Configuration {
  return {
    extraTokenClaims: hooks.claimsOfAccessToken,
    // The sign-in of a device outlives the browser in which it was approved.
    expiresWithSession: async ({ oidc }, source) =>
      !isDeviceRoute(oidc.route) &&
      (!source.scopes.has('offline_access') || hooks.impersonation.isActive()),
    formats: {
      customizers: {
        jwt: async (_ctx, token, jwt) => {
          hooks.bindToGrant(token, jwt.payload);
          await hooks.addStatusClaim(token, jwt.payload);
        },
      },
    },
    issueRefreshToken: hooks.issuesRefreshToken,
    revokeGrantPolicy: ({ oidc }) =>
      !(oidc.route === 'revocation' && oidc.entities.AccessToken !== undefined),
    rotateRefreshToken: hooks.rotatesRefreshToken,
  };
}

function cookies(config: Config, { cookieSigner }: ProviderHooks): Configuration['cookies'] {
  const secure = config.issuerUrl.protocol === 'https:';
  return {
    keys: cookieSigner as unknown as string[], // a Keygrip instance, which the types omit
    names: {
      session: ownCookie(config.issuerUrl).name,
      // Limited to the path of one interaction, which the __Host- prefix does not allow.
      interaction: secure ? '__Secure-ostiary-interaction' : 'ostiary-interaction',
      resume: secure ? '__Secure-ostiary-resume' : 'ostiary-resume',
    },
    long: { signed: true, httpOnly: true, sameSite: 'lax', path: '/', secure },
    short: { signed: true, httpOnly: true, sameSite: 'lax', secure },
  };
}

function lifetimes(config: Config, hooks: ProviderHooks): Configuration['ttl'] {
  const { now, impersonation } = hooks;
  const { sessionMaxSeconds, refreshTokenSeconds, accessTokenSeconds } = config;
  const secondsFor = ({
    resourceServer,
  }: {
    readonly resourceServer?: ResourceServer | undefined;
  }) => resourceServer?.accessTokenTTL ?? accessTokenSeconds;
  return {
    AccessToken: (_ctx, token, client) =>
      impersonation.limit(accessSecondsOf(client, secondsFor(token))),
    ClientCredentials: (_ctx, token, client) => accessSecondsOf(client, secondsFor(token)),
    AuthorizationCode: codeSeconds,
    DeviceCode: deviceCodeSeconds,
    BackchannelAuthenticationRequest: lifetimeOfRequest,
    IdToken: () => impersonation.limit(idTokenSeconds),
    Interaction: interactionSeconds,
    RefreshToken: (_ctx, _token, client) =>
      impersonation.limit(refreshSecondsOf(client, refreshTokenSeconds)),
    // A refresh token family may start on the last day of a session and needs its grant until it
    // expires.
    Grant: sessionMaxSeconds + refreshTokenSeconds,
    Session: createSessionLifetime(config, now),
  };
}

/** The issuer's path without a trailing slash: '' or '/id'. */
export function basePathOf({ issuerUrl }: Pick<Config, 'issuerUrl'>): string {
  return issuerUrl.pathname === '/' ? '' : issuerUrl.pathname;
}

export function originOf(uri: string): string | undefined {
  return URL.parse(uri)?.origin;
}
