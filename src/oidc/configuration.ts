// The configuration of oidc-provider: features and lifetimes. Functions that look up data are
// passed in as hooks.
import type { Configuration, FindAccount, KoaContextWithOIDC } from 'oidc-provider';
import type { Config } from '#config/config.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import { providerAcr, supportedAcrValues } from '#core/sessions/authentication.ts';
import { locales } from '#http/i18n/languages.ts';
import { claimsOfScope } from '#core/clients/scopes.ts';
import type { Declaration } from '#features/custom-attributes/schema/declarations.ts';
import { enabledAlgorithms } from './algorithms.ts';
import { ownClientMembers } from './adapters/client-adapter.ts';
import { isPkceRequired } from './clients/client-policies.ts';
import { checkClient } from './clients/client-rules.ts';
import type { RegisteredClaims } from './clients/registered-claims.ts';
import { checkRequestObject } from './clients/request-objects.ts';
import type { JwtAccessTokens } from './tokens/jwt-access-tokens.ts';
import { createInteractionPolicy } from './sign-in/interaction-policy.ts';

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

/** Seconds. RFC 9700 and FAPI 2.0 limit the lifetime of a code to one minute. */
const codeSeconds = 60;
const idTokenSeconds = 3600;
export const interactionSeconds = 900;
/** Lifetime of a session without a user; only the sign-out form needs one. */
const anonymousSessionSeconds = 900;

export const clientAuthMethods = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
] as const;

export interface EngineHooks {
  readonly adapter: NonNullable<Configuration['adapter']>;
  readonly findAccount: FindAccount;
  readonly loadExistingGrant: NonNullable<Configuration['loadExistingGrant']>;
  readonly getResourceServerInfo: NonNullable<
    NonNullable<
      NonNullable<Configuration['features']>['resourceIndicators']
    >['getResourceServerInfo']
  >;
  readonly defaultResource: NonNullable<
    NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>['defaultResource']
  >;
  readonly introspectionAllowed: Policy;
  readonly limitClaims: RegisteredClaims['limitRequest'];
  /** Custom attributes of users, with scopes and claims of their own. */
  readonly supplements: readonly Declaration[];
  readonly bindToGrant: JwtAccessTokens['bindToGrant'];
  readonly fetch: OutboundFetch;
  readonly assertClientAssertion: NonNullable<Configuration['assertJwtClientAuthClaimsAndHeader']>;
  readonly issuesRefreshToken: NonNullable<Configuration['issueRefreshToken']>;
  readonly rotatesRefreshToken: (ctx: KoaContextWithOIDC) => Promise<boolean>;
  readonly pages: EnginePages;
  readonly cookieSigner: object;
  readonly jwks: NonNullable<Configuration['jwks']>;
  readonly now: () => Date;
}

type Policy = NonNullable<
  NonNullable<NonNullable<Configuration['features']>['introspection']>['allowedPolicy']
>;

/** The pages that oidc-provider renders through callbacks. */
export interface EnginePages {
  readonly renderError: NonNullable<Configuration['renderError']>;
  readonly confirmSignOut: (ctx: KoaContextWithOIDC) => Promise<void>;
  readonly signedOut: (ctx: KoaContextWithOIDC) => Promise<void>;
}

function acrValuesOf({ signInProviders }: Config): string[] {
  return [...(signInProviders.length > 0 ? [providerAcr] : []), ...supportedAcrValues];
}

export function engineConfiguration(config: Config, hooks: EngineHooks): Configuration {
  return {
    adapter: hooks.adapter,
    jwks: hooks.jwks,
    findAccount: hooks.findAccount,
    loadExistingGrant: hooks.loadExistingGrant,
    renderError: hooks.pages.renderError,
    routes,
    acrValues: acrValuesOf(config),
    claims: {
      ...claimsByScope(hooks.supplements),
      // Every ID token states how and when the user signed in, whether or not the client requested
      // it.
      openid: ['sub', 'acr', 'amr', 'auth_time'],
      iss: null,
      sid: null,
    },
    scopes: [...Object.keys(claimsOfScope), ...scopesOf(hooks.supplements)],
    responseTypes: ['code'],
    clientAuthMethods: [...clientAuthMethods],
    subjectTypes: ['public'],
    allowOmittingSingleRegisteredRedirectUri: false,
    assertJwtClientAuthClaimsAndHeader: hooks.assertClientAssertion,
    clientBasedCORS: (_ctx, origin, client) =>
      (client.redirectUris ?? []).some((uri) => originOf(uri) === origin),
    discovery: {
      ui_locales_supported: [...locales],
      global_token_revocation_endpoint: `${config.issuer}${globalRevocationPath}`,
      global_token_revocation_endpoint_auth_methods_supported: ['private_key_jwt'],
    },
    enabledJWA: enabledAlgorithms(),
    extraClientMetadata: { properties: ownClientMembers, validator: checkClient },
    expiresWithSession: async (_ctx, source) => !source.scopes.has('offline_access'),
    fetch: hooks.fetch as typeof fetch, // oidc-provider passes URLs and bodies as strings
    fetchResponseBodyLimits: { jwks_uri: 64 * 1024, sector_identifier_uri: 64 * 1024 },
    formats: {
      customizers: {
        jwt: (_ctx, token, jwt) => hooks.bindToGrant(token, jwt.payload),
      },
    },
    interactions: {
      policy: createInteractionPolicy(),
      url: (_ctx, { uid }) => `${basePathOf(config)}/auth/interaction/${uid}`,
    },
    issueRefreshToken: hooks.issuesRefreshToken,
    pkce: { required: (ctx, client) => isPkceRequired(ctx, client, config) },
    revokeGrantPolicy: ({ oidc }) =>
      !(oidc.route === 'revocation' && oidc.entities.AccessToken !== undefined),
    rotateRefreshToken: hooks.rotatesRefreshToken,
    cookies: cookies(config, hooks),
    features: features(hooks),
    ttl: lifetimes(config, hooks.now),
  };
}

function features(hooks: EngineHooks) {
  const { pages, introspectionAllowed, getResourceServerInfo, defaultResource, limitClaims } =
    hooks;
  return {
    devInteractions: { enabled: false },
    claimsParameter: { enabled: true, assertClaimsParameter: limitClaims },
    clientCredentials: { enabled: true },
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

function cookies(config: Config, { cookieSigner }: EngineHooks): Configuration['cookies'] {
  const secure = config.issuerUrl.protocol === 'https:';
  return {
    keys: cookieSigner as unknown as string[], // a Keygrip instance, which the types omit
    names: {
      session: secure ? '__Host-ostiary' : 'ostiary',
      // Limited to the path of one interaction, which the __Host- prefix does not allow.
      interaction: secure ? '__Secure-ostiary-interaction' : 'ostiary-interaction',
      resume: secure ? '__Secure-ostiary-resume' : 'ostiary-resume',
    },
    long: { signed: true, httpOnly: true, sameSite: 'lax', path: '/', secure },
    short: { signed: true, httpOnly: true, sameSite: 'lax', secure },
  };
}

function lifetimes(config: Config, now: () => Date): Configuration['ttl'] {
  const { sessionIdleSeconds, sessionMaxSeconds, refreshTokenSeconds, accessTokenSeconds } = config;
  return {
    AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? accessTokenSeconds,
    ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? accessTokenSeconds,
    AuthorizationCode: codeSeconds,
    IdToken: idTokenSeconds,
    Interaction: interactionSeconds,
    RefreshToken: refreshTokenSeconds,
    // A refresh token family may start on the last day of a session and needs its grant until it
    // expires.
    Grant: sessionMaxSeconds + refreshTokenSeconds,
    Session: (_ctx, session) => {
      if (session.loginTs === undefined) return anonymousSessionSeconds;
      const age = Math.floor(now().getTime() / 1000) - session.loginTs;
      return Math.max(1, Math.min(sessionIdleSeconds, sessionMaxSeconds - age));
    },
  };
}

function scopesOf(supplements: readonly Declaration[]): readonly string[] {
  return supplements.flatMap(({ apps }) => apps?.scope ?? []);
}

function claimsByScope(supplements: readonly Declaration[]): Record<string, string[]> {
  const standard = Object.entries(claimsOfScope).map(([scope, claims]) => [scope, [...claims]]);
  const declared = supplements.flatMap(({ apps }) =>
    apps ? [[apps.scope, Object.keys(apps.claims)]] : [],
  );
  const entries = [...standard, ...declared];
  return Object.fromEntries(entries) as Record<string, string[]>; // pairs built above
}

/** The issuer's path without a trailing slash: '' or '/id'. */
export function basePathOf({ issuerUrl }: Pick<Config, 'issuerUrl'>): string {
  return issuerUrl.pathname === '/' ? '' : issuerUrl.pathname;
}

export function originOf(uri: string): string | undefined {
  return URL.parse(uri)?.origin;
}
