// Creates the oidc-provider instance from our stores and services, and connects its adapters and
// hooks.
import Provider, { type Configuration } from 'oidc-provider';
import type { Audit } from '#core/audit/audit.service.ts';
import type { AccessControl } from '#core/access-control/access-control.service.ts';
import type { ConsentService } from '#core/consents/consents.service.ts';
import type { SubjectKey } from '#core/keys/subjects/subject-key.service.ts';
import type { SessionAuthorizationStore } from '#core/sessions/joined/session-authorizations.store.ts';
import type { TokenStatuses } from '#core/token-status/token-statuses.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { CookieSigner } from '#platform/crypto/cookie-signer.ts';
import type { Metrics } from '#platform/metrics/metrics.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Observation } from '#platform/observation/observation.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import { createAssertionCheck } from './clients/client-assertions.ts';
import { createRegisteredClaims, type RegisteredClaims } from './clients/registered-claims.ts';
import { providerConfiguration } from './configuration.ts';
import {
  createAdapters,
  type AdapterDependencies,
  type ProviderAdapters,
} from './provider-adapters.ts';
import type { ProviderHooks, ProviderPages } from './provider-hooks.ts';
import { patchEngine, patchProvider } from './provider-patches.ts';
import { createRequestObjectCheck } from './clients/request-objects.ts';
import { createRequestFacts, type RequestFacts } from './request-facts.ts';
import type { BrowserAccounts } from './sessions/browser-accounts.ts';
import { createImpersonationLimits, type ImpersonationLimits } from './sessions/impersonation.ts';
import { dpopNonceSecret } from './security/dpop-nonces.ts';
import {
  createSubjectIdentifiers,
  type SubjectIdentifiers,
} from './security/subject-identifiers.ts';
import { createDeviceSecrets } from './native-sso/device-secrets.ts';
import { createOtherSignOuts } from './sessions/other-sign-outs.ts';
import { createExchangeParts, type ExchangeParts } from './token-exchange/parts.ts';
import { withMayAct } from './token-exchange/exchange-policy.ts';
import { createPresentedTokens } from './token-exchange/presented-tokens.ts';
import { registerTokenExchange } from './token-exchange/token-exchange.ts';
import { createAssertionVerifier } from './workloads/assertion-check.ts';
import { createIssuerKeys } from './workloads/issuer-keys.ts';
import { registerJwtBearer } from './workloads/jwt-bearer.ts';
import { createAuthorizationDetails } from './authorization-details/details.ts';
import { validateEveryDetailType } from './patches/grants/detail-types.ts';
import { createDirectAnswers, type DirectAnswers } from './fast-path/direct/direct-answers.ts';
import type { SigningKeys } from './fast-path/direct/token-signer.ts';
import {
  createDirectAuthorization,
  type DirectAuthorization,
} from './fast-path/authorization/direct-authorization.ts';
import { createSessionLifetime } from './sessions/session-lifetimes.ts';
import { createFindAccount } from './sign-in/account-claims.ts';
import { createInteractionPolicy } from './sign-in/interaction-policy.ts';
import { createFindCoveringGrant, createLoadExistingGrant } from './sign-in/grants.ts';
import { countTokens } from './patches/observation/token-metrics.ts';
import {
  createSignInOrganization,
  type SignInOrganization,
} from './access-control/organization.ts';
import {
  createIntrospectionPolicy,
  type IntrospectionPolicy,
} from './tokens/introspection-policy.ts';
import { mayRefresh } from './tokens/offline-access.ts';
import { createDefaultResource, createResourceServerInfo } from './tokens/resources.ts';
import { createStatusClaim } from './tokens/token-status-claim.ts';
import {
  createTokenAuthorization,
  type TokenAuthorization,
} from './access-control/token-authorization.ts';

export interface ProviderDependencies extends AdapterDependencies {
  readonly cookieSigner: CookieSigner;
  readonly subjectKey: SubjectKey;
  readonly jwks: NonNullable<Configuration['jwks']>;
  readonly signingKeySet: SigningKeys;
  readonly pages: ProviderPages;
  readonly browserAccounts: BrowserAccounts;
  readonly consent: ConsentService;
  readonly tokenStatuses: TokenStatuses;
  readonly users: UserStore;
  readonly accessControl: AccessControl;
  readonly audit: Audit;
  readonly log: Log;
  readonly fetch: OutboundFetch;
  readonly requestOrigin: RequestOriginSlot;
  readonly metrics: Metrics;
  readonly observation: Observation;
  readonly sessionAuthorizations: SessionAuthorizationStore;
}

export interface CreatedProvider {
  readonly provider: Provider;
  readonly directAnswers: DirectAnswers;
  readonly authorizeDirectly: DirectAuthorization;
}

export function createProvider(dependencies: ProviderDependencies): CreatedProvider {
  const { config, clients, extraClaims, accessControl, now } = dependencies;
  const { tokenRevocation: revocation } = dependencies;
  const facts = createRequestFacts(dependencies);
  const subjects = createSubjectIdentifiers(dependencies);
  const impersonation = createImpersonationLimits({ facts, subjects, now });
  const registered = createRegisteredClaims({ clients, extraClaims });
  const organization = createSignInOrganization({ facts });
  const parts = { facts, organization, registered, impersonation, subjects };
  const authorization = createTokenAuthorization({ accessControl, clients, ...parts });
  const adapters = createAdapters(dependencies, parts);
  const exchange = createExchangeParts({ ...dependencies, ...parts, revocation });
  const introspection = { ...dependencies, ...parts, authorization, exchanged: exchange.exchanged };
  const mayIntrospect = createIntrospectionPolicy(introspection);
  const hooks = createHooks(dependencies, {
    ...parts,
    authorization,
    adapters,
    exchange,
    mayIntrospect,
  });
  patchEngine();
  const provider = new Provider(config.issuer, providerConfiguration(config, hooks));
  const { rotation, interactionEnd, replays, foundCode } = adapters;
  const { isUserScope } = extraClaims;
  const others = createOtherSignOuts(dependencies.browserAccounts);
  const countToken = countTokens(provider, { metrics: dependencies.metrics, rotation });
  const { observation } = dependencies;
  const secrets = createDeviceSecrets(dependencies);
  const patched = {
    rotation,
    interactionEnd,
    isUserScope,
    authorization,
    others,
    observation,
    now,
    secrets,
  };
  patchProvider(provider, patched);
  validateEveryDetailType(provider, hooks.details.validate, clients.listDetailTypes);
  const grants = { ...dependencies, ...parts, ...exchange, provider, authorization, secrets };
  registerTokenExchange({
    ...grants,
    issuer: config.issuer,
    presented: createPresentedTokens(grants),
    getResourceServerInfo: hooks.getResourceServerInfo,
  });
  const keys = createIssuerKeys(dependencies);
  const assertions = { provider, keys, issuer: config.issuer, now };
  registerJwtBearer({ ...grants, verifyAssertion: createAssertionVerifier(assertions) });
  const directAnswers = createDirectAnswers({
    ...dependencies,
    ...parts,
    provider,
    hooks,
    mayIntrospect,
    authorization,
    rotation,
    replays,
    foundCode,
    isUserScope,
    countToken,
    accessTokenSeconds: config.accessTokenSeconds,
    refreshTokenSeconds: config.refreshTokenSeconds,
  });
  const authorizeDirectly = createDirectAuthorization({
    provider,
    hooks,
    issuerUrl: config.issuerUrl,
    cookieSigner: dependencies.cookieSigner,
    sessionSeconds: createSessionLifetime(config, now),
  });
  return { provider, directAnswers, authorizeDirectly };
}

interface Parts {
  readonly facts: RequestFacts;
  readonly organization: SignInOrganization;
  readonly authorization: TokenAuthorization;
  readonly registered: RegisteredClaims;
  readonly impersonation: ImpersonationLimits;
  readonly subjects: SubjectIdentifiers;
  readonly adapters: ProviderAdapters;
  readonly exchange: ExchangeParts;
  readonly mayIntrospect: IntrospectionPolicy;
}

function createHooks(
  dependencies: ProviderDependencies,
  {
    facts,
    organization,
    authorization,
    registered,
    impersonation,
    subjects,
    adapters,
    exchange,
    mayIntrospect,
  }: Parts,
): ProviderHooks {
  const { config, now, clients, consent, subjectStatus, signInVersion, extraClaims } = dependencies;
  const { pages, jwks, cookieSigner, fetch, jwts, browserAccounts: accounts } = dependencies;
  const { users } = dependencies;
  const { accessTokenSeconds } = config;
  const account = {
    facts,
    organization,
    subjectStatus,
    clients,
    extraClaims,
    signInVersion,
    impersonation,
    now,
  };
  const { exchangeClaims } = exchange;
  const { isUserScope } = extraClaims;
  return {
    adapter: adapters.factory,
    jwks,
    pages,
    users,
    cookieSigner,
    now,
    impersonation,
    fetch,
    extraClaims,
    findAccount: createFindAccount(account),
    loadExistingGrant: createLoadExistingGrant({ consent, clients, isUserScope, impersonation }),
    findCoveringGrant: createFindCoveringGrant({ isUserScope }),
    defaultResource: createDefaultResource({ clients }),
    getResourceServerInfo: createResourceServerInfo({ clients, accessTokenSeconds }),
    bindToGrant: (token, claims) => jwts.bindToGrant(token, claims, exchangeClaims.originOf(token)),
    addStatusClaim: createStatusClaim({ ...dependencies, exchangeClaims }),
    limitClaims: registered.limitRequest,
    details: createAuthorizationDetails({ clients }),
    introspectionAllowed: async (_ctx, caller, token) => mayIntrospect(caller, token),
    claimsOfAccessToken: async (ctx, token) =>
      exchangeClaims.claimsOf(token) ??
      withMayAct(ctx, token, await authorization.claimsOfNewToken(ctx, token)),
    interactionPolicy: createInteractionPolicy({ facts, clients, accounts, subjects }),
    assertClientAssertion: createAssertionCheck({ now }),
    subjects,
    checkRequestObject: createRequestObjectCheck({ now }),
    dpopNonceSecret: dpopNonceSecret(dependencies),
    rotatesRefreshToken: adapters.rotation.rotates,
    issuesRefreshToken: async (_ctx, client, source) => mayRefresh(client, source),
  };
}
