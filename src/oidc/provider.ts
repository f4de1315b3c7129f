// Builds the engine from our stores and services. What the engine leaves to its host is put in its
// place here: token ids, hashed client secrets, signing keys, cookies.
import Provider, { type Configuration } from 'oidc-provider';
import type { Config } from '#platform/config.ts';
import type { CookieSigner } from '#platform/cookie-signer.ts';
import type { Keyring } from '#platform/encryption.ts';
import type { OutboundFetch } from '#platform/outbound-fetch.ts';
import type { Clients } from '#services/clients.ts';
import type { ConsentService } from '#services/consent.ts';
import type { Sessions } from '#services/sessions.ts';
import type { StandingService } from '#services/standing.ts';
import type { StoreBirth } from '#services/store-birth.ts';
import type { TheftAlarm } from '#services/theft-alarm.ts';
import type { TokenRevocation } from '#services/token-revocation.ts';
import type { ActorStore } from '#stores/actors.ts';
import type { GrantStore } from '#stores/grants.ts';
import type { RefreshFamilyStore } from '#stores/refresh-families.ts';
import type { ShortLivedStore } from '#stores/short-lived.ts';
import { createFindAccount } from './account-claims.ts';
import { createAdapterFactory } from './adapter.ts';
import { createAssertionCheck } from './client-assertions.ts';
import { createClientAdapter } from './client-adapter.ts';
import { createCodeAdapter, createFoundCode, createPendingRedemption } from './code-adapter.ts';
import { adjustEngine } from './engine-adjustments.ts';
import { engineConfiguration, type EnginePages } from './engine-configuration.ts';
import { createGrantAdapter } from './grant-adapter.ts';
import type { JwtAccessTokens } from './jwt-access-tokens.ts';
import { createLoadExistingGrant } from './grants.ts';
import { createInteractionAdapter } from './interaction-adapter.ts';
import { createIntrospectionPolicy } from './introspection-policy.ts';
import { createRefreshRotation } from './refresh-rotation.ts';
import { createRefreshTokenFormat } from './refresh-token-format.ts';
import { createReplayAdapter } from './replay-adapter.ts';
import { createRequestFacts } from './request-facts.ts';
import { createResourceServerInfo } from './resources.ts';
import { createSessionAdapter } from './session-adapter.ts';
import { adjustSignOut } from './sign-out.ts';
import { createShortLivedAdapter } from './short-lived-adapter.ts';
import { engineContext } from './engine-context.ts';

export interface ProviderDependencies {
  readonly config: Config;
  readonly now: () => Date;
  readonly keyring: Keyring;
  readonly cookieSigner: CookieSigner;
  readonly jwks: NonNullable<Configuration['jwks']>;
  readonly pages: EnginePages;
  readonly clients: Clients;
  readonly consent: ConsentService;
  readonly standing: StandingService;
  readonly sessions: Sessions;
  readonly storeBirth: StoreBirth;
  readonly alarm: TheftAlarm;
  readonly jwts: JwtAccessTokens;
  readonly tokenRevocation: TokenRevocation;
  readonly fetch: OutboundFetch;
  readonly stores: {
    readonly actors: ActorStore;
    readonly grants: GrantStore;
    readonly families: RefreshFamilyStore;
    readonly shortLived: ShortLivedStore;
  };
}

export function createProvider(dependencies: ProviderDependencies): Provider {
  const { config, now, clients, consent, standing, pages, jwks, cookieSigner } = dependencies;
  const facts = createRequestFacts({ standing });
  const { adapter, rotation } = createAdapters(dependencies, facts);
  const provider = new Provider(
    config.issuer,
    engineConfiguration(config, {
      adapter,
      jwks,
      pages,
      cookieSigner,
      now,
      findAccount: createFindAccount({ facts, standing, clients }),
      loadExistingGrant: createLoadExistingGrant({ consent, clients }),
      getResourceServerInfo: createResourceServerInfo({
        clients,
        accessTokenSeconds: config.accessTokenSeconds,
      }),
      noteGround: dependencies.jwts.noteGround,
      fetch: dependencies.fetch,
      introspectionAllowed: createIntrospectionPolicy({ clients, standing, facts }),
      assertClientAssertion: createAssertionCheck({ now }),
      issuesRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    }),
  );
  adjustEngine(provider, rotation);
  adjustSignOut(provider);
  return provider;
}

function createAdapters(
  dependencies: ProviderDependencies,
  facts: ReturnType<typeof createRequestFacts>,
) {
  const { config, now, keyring, clients, stores, alarm, jwts } = dependencies;
  const { tokenRevocation: revocation } = dependencies;
  const { actors, grants, families, shortLived: store } = stores;
  const pending = createPendingRedemption();
  const rotation = createRefreshRotation({
    actors,
    families,
    revocation,
    alarm,
    facts,
    pending,
    now,
    format: createRefreshTokenFormat(keyring.derive('refresh tokens')),
    leewaySeconds: config.refreshLeewaySeconds,
    lifetimeSeconds: config.refreshTokenSeconds,
  });
  const found = createFoundCode();
  const endsByAlarm = (): boolean => rotation.isReuse() || found.isReplay();
  const adapter = createAdapterFactory({
    lasting: {
      Client: createClientAdapter({ clients }),
      Grant: createGrantAdapter({ grants, facts, now, endsByAlarm }),
      Session: createSessionAdapter({
        sessions: dependencies.sessions,
        actors,
        facts,
        now,
      }),
      Interaction: createInteractionAdapter({ store }),
      RefreshToken: rotation.adapter,
      ReplayDetection: createReplayAdapter({ store, birth: dependencies.storeBirth }),
      AuthorizationCode: createCodeAdapter({
        store,
        actors,
        families,
        alarm,
        facts,
        pending,
        found,
        now,
        foundsFamily: () =>
          engineContext()?.oidc.client?.grantTypeAllowed('refresh_token') === true,
      }),
    },
    shortLived: (space) => createShortLivedAdapter({ store, facts, jwts, revocation, now }, space),
  });
  return { adapter, rotation };
}
