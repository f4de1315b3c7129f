// Creates the oidc-provider instance from our stores and services, and connects its adapters and
// hooks.
import Provider, { type Configuration } from 'oidc-provider';
import type { AccessControl } from '#core/access-control/access-control.service.ts';
import type { ConsentService } from '#core/consents/consents.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { CookieSigner } from '#platform/crypto/cookie-signer.ts';
import type { Metrics } from '#platform/metrics/metrics.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
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
import { patchProvider } from './provider-patches.ts';
import { createRequestFacts, type RequestFacts } from './request-facts.ts';
import type { BrowserAccounts } from './sessions/browser-accounts.ts';
import { createImpersonationLimits, type ImpersonationLimits } from './sessions/impersonation.ts';
import { createOtherSignOuts } from './sessions/other-sign-outs.ts';
import { createFindAccount } from './sign-in/account-claims.ts';
import { createInteractionPolicy } from './sign-in/interaction-policy.ts';
import { createLoadExistingGrant } from './sign-in/grants.ts';
import { countTokens } from './patches/observation/token-metrics.ts';
import {
  createSignInOrganization,
  type SignInOrganization,
} from './access-control/organization.ts';
import { createIntrospectionPolicy } from './tokens/introspection-policy.ts';
import { mayRefresh } from './tokens/offline-access.ts';
import { createDefaultResource, createResourceServerInfo } from './tokens/resources.ts';
import {
  createTokenAuthorization,
  type TokenAuthorization,
} from './access-control/token-authorization.ts';

export interface ProviderDependencies extends AdapterDependencies {
  readonly cookieSigner: CookieSigner;
  readonly jwks: NonNullable<Configuration['jwks']>;
  readonly pages: ProviderPages;
  readonly browserAccounts: BrowserAccounts;
  readonly consent: ConsentService;
  readonly users: UserStore;
  readonly accessControl: AccessControl;
  readonly fetch: OutboundFetch;
  readonly requestOrigin: RequestOriginSlot;
  readonly metrics: Metrics;
  readonly observation: Observation;
}

export function createProvider(dependencies: ProviderDependencies): Provider {
  const { config, clients, extraClaims, accessControl, now } = dependencies;
  const facts = createRequestFacts(dependencies);
  const impersonation = createImpersonationLimits({ facts, now });
  const registered = createRegisteredClaims({ clients, extraClaims });
  const organization = createSignInOrganization({ facts });
  const parts = { facts, organization, registered, impersonation };
  const authorization = createTokenAuthorization({ accessControl, clients, ...parts });
  const adapters = createAdapters(dependencies, parts);
  const hooks = createHooks(dependencies, { ...parts, authorization, adapters });
  const provider = new Provider(config.issuer, providerConfiguration(config, hooks));
  const { rotation, interactionEnd } = adapters;
  const { isUserScope } = extraClaims;
  const others = createOtherSignOuts(dependencies.browserAccounts);
  countTokens(provider, { metrics: dependencies.metrics, rotation });
  const { observation } = dependencies;
  const patched = { rotation, interactionEnd, isUserScope, authorization, others, observation };
  patchProvider(provider, patched);
  return provider;
}

interface Parts {
  readonly facts: RequestFacts;
  readonly organization: SignInOrganization;
  readonly authorization: TokenAuthorization;
  readonly registered: RegisteredClaims;
  readonly impersonation: ImpersonationLimits;
  readonly adapters: ProviderAdapters;
}

function createHooks(
  dependencies: ProviderDependencies,
  { facts, organization, authorization, registered, impersonation, adapters }: Parts,
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
  const introspection = { clients, subjectStatus, facts, organization, authorization };
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
    defaultResource: createDefaultResource({ clients }),
    getResourceServerInfo: createResourceServerInfo({ clients, accessTokenSeconds }),
    bindToGrant: jwts.bindToGrant,
    limitClaims: registered.limitRequest,
    introspectionAllowed: createIntrospectionPolicy(introspection),
    claimsOfAccessToken: async (ctx, token) => authorization.claimsOfNewToken(ctx, token),
    interactionPolicy: createInteractionPolicy({ facts, clients, accounts }),
    assertClientAssertion: createAssertionCheck({ now }),
    rotatesRefreshToken: adapters.rotation.rotates,
    issuesRefreshToken: async (_ctx, client, source) => mayRefresh(client, source),
  };
}
