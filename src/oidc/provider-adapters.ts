// Creates the adapter of each model of oidc-provider, with the state that several of them share
// during one request.
import type { AdapterFactory } from 'oidc-provider';
import type { Config } from '#config/config.ts';
import type { AccessControl } from '#core/access-control/access-control.service.ts';
import type { BackchannelRequestLog } from '#core/backchannel-requests/backchannel-requests.service.ts';
import type { BackchannelRequestStore } from '#core/backchannel-requests/backchannel-requests.store.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { TokenReuse } from '#core/revocation/token-reuse.service.ts';
import type { TokenRevocation } from '#core/revocation/token-revocation.service.ts';
import type { Sessions } from '#core/sessions/sessions.service.ts';
import type { AuthorizationContextStore } from '#core/subject-status/authorization-context.store.ts';
import type { ImmediateRedemptionStore } from '#core/subject-status/immediate-redemption.store.ts';
import type { ImmediateRotationStore } from '#core/subject-status/immediate-rotation.store.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { GrantStore } from '#core/tokens/grants.store.ts';
import type { RefreshFamilyStore } from '#core/tokens/refresh-families.store.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { RedisDataLoss } from '#platform/short-lived/data-loss.ts';
import type { KeySpace, ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import { createAdapterFactory } from './adapters/adapter.ts';
import { createClientAdapter } from './adapters/client-adapter.ts';
import {
  createCodeAdapter,
  createFoundCode,
  createPendingRedemption,
  type FoundCode,
  type PendingRedemption,
} from './adapters/code-adapter.ts';
import { createGrantAdapter } from './adapters/grant-adapter.ts';
import {
  createInteractionAdapter,
  createInteractionEnd,
  type InteractionEnd,
} from './adapters/interaction-adapter.ts';
import { createReplayProtection, type ReplayProtection } from './adapters/replay-adapter.ts';
import { createSessionAdapter } from './adapters/session-adapter.ts';
import { createShortLivedAdapter } from './adapters/short-lived-adapter.ts';
import { createBackchannelAdapter } from './asynchronous/backchannel-adapter.ts';
import { createDocumentLookup, type ClientDocuments } from './clients/client-documents.ts';
import { createDeviceCodeAdapter } from './asynchronous/device-code-adapter.ts';
import { createPollingLimit } from './asynchronous/polling.ts';
import type { RegisteredClaims } from './clients/registered-claims.ts';
import type { ExtraClaims } from './extra-claims.ts';
import { providerContext } from './provider-context.ts';
import type { RequestFacts } from './request-facts.ts';
import type { SignInOrganization } from './access-control/organization.ts';
import type { SignInVersion } from './sign-in/security-version.ts';
import type { JwtAccessTokens } from './tokens/jwt-access-tokens.ts';
import { limitOfflineAccess, mayRefresh } from './tokens/offline-access.ts';
import { createRefreshRotation, type RefreshRotation } from './tokens/refresh/refresh-rotation.ts';
import { createRefreshTokenFormat } from './tokens/refresh/refresh-token-format.ts';

export interface AdapterDependencies {
  readonly config: Config;
  readonly now: () => Date;
  readonly keyring: Keyring;
  readonly clients: Clients;
  readonly accessControl: Pick<AccessControl, 'requiresPermission'>;
  readonly clientDocuments: ClientDocuments;
  readonly extraClaims: ExtraClaims;
  readonly sessions: Sessions;
  readonly redisDataLoss: RedisDataLoss;
  readonly tokenReuse: TokenReuse;
  readonly jwts: JwtAccessTokens;
  readonly tokenRevocation: TokenRevocation;
  readonly invalidation: Invalidation;
  readonly signInVersion: SignInVersion;
  readonly requestOrigin: RequestOriginSlot;
  readonly subjectStatus: SubjectStatusService;
  readonly backchannelRequestLog: BackchannelRequestLog;
  readonly stores: {
    readonly authorizationContexts: AuthorizationContextStore;
    readonly immediateRotations: ImmediateRotationStore;
    readonly immediateRedemptions: ImmediateRedemptionStore;
    readonly grants: GrantStore;
    readonly families: RefreshFamilyStore;
    readonly shortLived: ShortLivedStore;
    readonly backchannelRequestStore: BackchannelRequestStore;
  };
}

/** The state that the adapters share during one request. */
interface Shared {
  readonly facts: RequestFacts;
  readonly organization: SignInOrganization;
  readonly registered: RegisteredClaims;
  readonly pendingRedemption: PendingRedemption;
  readonly found: FoundCode;
  readonly interactionEnd: InteractionEnd;
  readonly rotation: RefreshRotation;
  readonly replays: ReplayProtection;
}

export interface ProviderAdapters {
  readonly factory: AdapterFactory;
  readonly rotation: RefreshRotation;
  readonly interactionEnd: InteractionEnd;
  readonly replays: ReplayProtection;
  readonly foundCode: FoundCode;
}

export function createAdapters(
  dependencies: AdapterDependencies,
  request: Pick<Shared, 'facts' | 'organization' | 'registered'>,
): ProviderAdapters {
  const { redisDataLoss: dataLoss, jwts, tokenRevocation: revocation, now } = dependencies;
  const { shortLived: store } = dependencies.stores;
  const pendingRedemption = createPendingRedemption();
  const interactionEnd = createInteractionEnd({ store });
  const found = createFoundCode(store);
  const rotation = createRotation(dependencies, { ...request, pendingRedemption, found });
  const replays = createReplayProtection({ store, dataLoss, now });
  const own = { pendingRedemption, found, interactionEnd, rotation, replays };
  const shared: Shared = { ...request, ...own };
  const { facts } = request;
  const factory = createAdapterFactory({
    lasting: createLastingAdapters(dependencies, shared),
    shortLived: (space: KeySpace) =>
      createShortLivedAdapter({ store, facts, jwts, revocation, dataLoss, now }, space),
  });
  return { factory, rotation, interactionEnd, replays, foundCode: found };
}

function createRotation(
  dependencies: AdapterDependencies,
  {
    facts,
    organization,
    pendingRedemption,
    found,
  }: Pick<Shared, 'facts' | 'organization' | 'pendingRedemption' | 'found'>,
): RefreshRotation {
  const { config, keyring, stores, clients, accessControl } = dependencies;
  const { tokenRevocation, tokenReuse, requestOrigin, now } = dependencies;
  return createRefreshRotation({
    authorizationContexts: stores.authorizationContexts,
    immediateRotations: stores.immediateRotations,
    immediateRedemptions: stores.immediateRedemptions,
    clients,
    accessControl,
    families: stores.families,
    revocation: tokenRevocation,
    tokenReuse,
    facts,
    organization,
    pendingRedemption,
    foundCode: found,
    requestOrigin,
    now,
    format: createRefreshTokenFormat(keyring.derive('refresh tokens')),
    keyId: keyring.currentId,
    leewaySeconds: config.refreshLeewaySeconds,
    lifetimeSeconds: config.refreshTokenSeconds,
  });
}

/** The adapters of models that are not stored in the short-lived store alone. */
function createLastingAdapters(dependencies: AdapterDependencies, shared: Shared) {
  const { clients, sessions, signInVersion, invalidation, now } = dependencies;
  const { requestOrigin, clientDocuments } = dependencies;
  const { isUserScope } = dependencies.extraClaims;
  const { authorizationContexts, grants, families, shortLived: store } = dependencies.stores;
  const { facts, organization, registered, rotation } = shared;
  const { pendingRedemption, found, interactionEnd } = shared;
  const isEndedElsewhere = (grantId: string): boolean =>
    rotation.isReuse() || rotation.hasRevoked(grantId) || found.isReplay();
  return {
    Client: createClientAdapter({
      clients,
      isUserScope,
      findDocument: createDocumentLookup(clientDocuments),
    }),
    Grant: createGrantAdapter({ grants, facts, registered, invalidation, now, isEndedElsewhere }),
    Session: createSessionAdapter({
      sessions,
      signInVersion,
      requestOrigin,
      authorizationContexts,
      facts,
      now,
    }),
    Interaction: createInteractionAdapter({ store, end: interactionEnd }),
    RefreshToken: limitOfflineAccess(rotation.adapter),
    ...createAsynchronousAdapters(dependencies, shared),
    ReplayDetection: shared.replays.adapter,
    AuthorizationCode: createCodeAdapter({
      facts,
      organization,
      pendingRedemption,
      found,
      interactionEnd,
      store,
      authorizationContexts,
      families,
      tokenReuse: dependencies.tokenReuse,
      now,
      createsFamily(code) {
        const client = providerContext()?.oidc.client;
        return client !== undefined && mayRefresh(client, code);
      },
    }),
  };
}

/** The adapters of requests that the user answers on another device. */
function createAsynchronousAdapters(
  dependencies: AdapterDependencies,
  { facts, organization }: Pick<Shared, 'facts' | 'organization'>,
) {
  const { backchannelRequestLog: log, subjectStatus, now } = dependencies;
  const { shortLived: store, backchannelRequestStore: requests } = dependencies.stores;
  const polling = createPollingLimit({ store });
  const backchannel = { requests, log, facts, subjectStatus, polling, now };
  return {
    DeviceCode: createDeviceCodeAdapter({ store, facts, organization, polling, now }),
    BackchannelAuthenticationRequest: createBackchannelAdapter(backchannel),
  };
}
