// Creates the oidc-provider instance from our stores and services, and connects its adapters and
// hooks.
import Provider, { type Configuration } from 'oidc-provider';
import type { Config } from '#config/config.ts';
import type { CookieSigner } from '#platform/crypto/cookie-signer.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { ConsentService } from '#core/consents/consents.service.ts';
import type { Sessions } from '#core/sessions/sessions.service.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import type { RedisDataLoss } from '#platform/short-lived/data-loss.ts';
import type { TokenReuse } from '#core/revocation/token-reuse.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { TokenRevocation } from '#core/revocation/token-revocation.service.ts';
import type { AuthorizationContextStore } from '#core/subject-status/authorization-context.store.ts';
import type { GrantStore } from '#core/tokens/grants.store.ts';
import type { RefreshFamilyStore } from '#core/tokens/refresh-families.store.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import { createFindAccount } from './sign-in/account-claims.ts';
import { createAdapterFactory } from './adapters/adapter.ts';
import { createAssertionCheck } from './clients/client-assertions.ts';
import { createClientAdapter } from './adapters/client-adapter.ts';
import {
  createCodeAdapter,
  createFoundCode,
  createPendingRedemption,
} from './adapters/code-adapter.ts';
import { patchProvider } from './provider-patches.ts';
import { engineConfiguration, type EnginePages } from './configuration.ts';
import { createGrantAdapter } from './adapters/grant-adapter.ts';
import { createRegisteredClaims, type RegisteredClaims } from './clients/registered-claims.ts';
import type { JwtAccessTokens } from './tokens/jwt-access-tokens.ts';
import { createLoadExistingGrant } from './sign-in/grants.ts';
import { createInteractionAdapter, createInteractionEnd } from './adapters/interaction-adapter.ts';
import { createIntrospectionPolicy } from './tokens/introspection-policy.ts';
import { limitOfflineAccess, mayRefresh } from './tokens/offline-access.ts';
import { createRefreshRotation } from './tokens/refresh-rotation.ts';
import { createRefreshTokenFormat } from './tokens/refresh-token-format.ts';
import { createReplayAdapter } from './adapters/replay-adapter.ts';
import { createRequestFacts } from './request-facts.ts';
import type { Supplements } from '#features/custom-attributes/custom-attributes.service.ts';
import { createDefaultResource, createResourceServerInfo } from './tokens/resources.ts';
import { createSessionAdapter } from './adapters/session-adapter.ts';
import type { SignInVersion } from './sign-in/security-version.ts';
import { createShortLivedAdapter } from './adapters/short-lived-adapter.ts';
import { engineContext } from './provider-context.ts';

export interface ProviderDependencies {
  readonly config: Config;
  readonly now: () => Date;
  readonly keyring: Keyring;
  readonly cookieSigner: CookieSigner;
  readonly jwks: NonNullable<Configuration['jwks']>;
  readonly pages: EnginePages;
  readonly clients: Clients;
  readonly consent: ConsentService;
  readonly subjectStatus: SubjectStatusService;
  readonly supplements: Supplements;
  readonly sessions: Sessions;
  readonly redisDataLoss: RedisDataLoss;
  readonly tokenReuse: TokenReuse;
  readonly jwts: JwtAccessTokens;
  readonly tokenRevocation: TokenRevocation;
  readonly invalidation: Invalidation;
  readonly fetch: OutboundFetch;
  readonly signInVersion: SignInVersion;
  readonly stores: {
    readonly authorizationContexts: AuthorizationContextStore;
    readonly grants: GrantStore;
    readonly families: RefreshFamilyStore;
    readonly shortLived: ShortLivedStore;
  };
}

export function createProvider(dependencies: ProviderDependencies): Provider {
  const { config, now, clients, consent, subjectStatus, pages, jwks, cookieSigner } = dependencies;
  const { supplements } = dependencies;
  const { isUserScope } = supplements;
  const facts = createRequestFacts({ subjectStatus });
  const registered = createRegisteredClaims({ clients, supplements });
  const { adapter, rotation, interactionEnd } = createAdapters(dependencies, facts, registered);
  const provider = new Provider(
    config.issuer,
    engineConfiguration(config, {
      adapter,
      jwks,
      pages,
      cookieSigner,
      now,
      findAccount: createFindAccount({
        facts,
        subjectStatus,
        clients,
        supplements,
        signInVersion: dependencies.signInVersion,
        now,
      }),
      loadExistingGrant: createLoadExistingGrant({ consent, clients, isUserScope }),
      defaultResource: createDefaultResource({ clients }),
      getResourceServerInfo: createResourceServerInfo({
        clients,
        accessTokenSeconds: config.accessTokenSeconds,
      }),
      supplements: supplements.declarations,
      bindToGrant: dependencies.jwts.bindToGrant,
      fetch: dependencies.fetch,
      limitClaims: registered.limitRequest,
      introspectionAllowed: createIntrospectionPolicy({ clients, subjectStatus, facts }),
      assertClientAssertion: createAssertionCheck({ now }),
      rotatesRefreshToken: rotation.rotates,
      issuesRefreshToken: async (_ctx, client, source) => mayRefresh(client, source),
    }),
  );
  patchProvider(provider, { rotation, interactionEnd, isUserScope });
  return provider;
}

function createAdapters(
  dependencies: ProviderDependencies,
  facts: ReturnType<typeof createRequestFacts>,
  registered: RegisteredClaims,
) {
  const { config, now, keyring, clients, stores, tokenReuse, jwts } = dependencies;
  const { isUserScope } = dependencies.supplements;
  const { tokenRevocation: revocation, invalidation } = dependencies;
  const { authorizationContexts, grants, families, shortLived: store } = stores;
  const pending = createPendingRedemption();
  const rotation = createRefreshRotation({
    authorizationContexts,
    families,
    revocation,
    tokenReuse,
    facts,
    pending,
    now,
    format: createRefreshTokenFormat(keyring.derive('refresh tokens')),
    leewaySeconds: config.refreshLeewaySeconds,
    lifetimeSeconds: config.refreshTokenSeconds,
  });
  const found = createFoundCode();
  const interactionEnd = createInteractionEnd({ store });
  const isEndedElsewhere = (grantId: string): boolean =>
    rotation.isReuse() || rotation.hasEnded(grantId) || found.isReplay();
  const adapter = createAdapterFactory({
    lasting: {
      Client: createClientAdapter({ clients, isUserScope }),
      Grant: createGrantAdapter({ grants, facts, registered, invalidation, now, isEndedElsewhere }),
      Session: createSessionAdapter({
        sessions: dependencies.sessions,
        signInVersion: dependencies.signInVersion,
        authorizationContexts,
        facts,
        now,
      }),
      Interaction: createInteractionAdapter({ store, end: interactionEnd }),
      RefreshToken: limitOfflineAccess(rotation.adapter),
      ReplayDetection: createReplayAdapter({ store, dataLoss: dependencies.redisDataLoss }),
      AuthorizationCode: createCodeAdapter({
        store,
        authorizationContexts,
        families,
        tokenReuse,
        facts,
        pending,
        found,
        interactionEnd,
        now,
        createsFamily(code) {
          const client = engineContext()?.oidc.client;
          return client !== undefined && mayRefresh(client, code);
        },
      }),
    },
    shortLived: (space) =>
      createShortLivedAdapter(
        { store, facts, jwts, revocation, dataLoss: dependencies.redisDataLoss, now },
        space,
      ),
  });
  return { adapter, rotation, interactionEnd };
}
