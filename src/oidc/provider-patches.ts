// Everything that relies on more of oidc-provider than its documented configuration, checked with
// version 9.13. Each line has contract tests in test/integration/oidc-provider/, which fail when a new version
// changes what the line relies on. Other code of src/ uses only the documented configuration,
// models and events (docs/decisions/0001).
//
// file in patches/             changes                                why
// token-ids.ts                 RefreshToken, AccessToken and          rotation determines the id; a
//                              ClientCredentials#generateTokenId      prefix names the token type
// token-scopes.ts              ClientCredentials#generateTokenId      no scopes about users
//                              AccessToken#save                       scopes that roles permit
// client-secrets.ts            Client#compareClientSecret             secrets are stored hashed
// clients (client-keys.ts)     selectForVerify of the key store of     an unknown key id fetches the
//                              a client                               keys of a `jwks_uri` again
// id-token-claims.ts           IdToken#issue                          `id_token_claims: all`
// session-id-claims.ts         Client#includeSid, AccessToken#sid     `sid` in every ID token, in no
//                                                                     access token
// backchannel-delivery.ts      Client#backchannelLogout               the outbox delivers
// logout-redirect.ts           middleware after the logout routes     nothing to confirm without a
//                                                                     session; other accounts of the
//                                                                     browser
// interaction-end.ts           middleware around every route          the end is stored before the
//                                                                     response is sent
// error-responses.ts           listener of grant.error, response      RFC 6749 §5.2 names the error
//                              listener of server_error, response     an outage is 503, not 500
// signing-keys.ts              key store and JWKS of the provider     keys rotate without a restart; keys
//                                                                     on curves sign in this thread
// devices (device-form.ts)     Session.get, listener of               our page instead of the form for
//                              device_authorization.success           user codes; the session keeps its
//                                                                     grants; `interval`
//         (discovery.ts)       middleware after discovery             no user codes of CIBA
// overhead (lazy-errors.ts)    steps of userinfo                      errors are built when a request
//                                                                     fails
//          (structured-tokens.ts) a step of introspection and         an opaque token is not decoded
//                              revocation                             as a JWT
//          (kept-clients.ts)   Client.find                            parsed clients are not searched
//                                                                     by a digest
//          (request-context.ts) first middleware of every route       `ctx.oidc` is a property, so that a
//                                                                     request is released at once
// request-body.ts              `readable` and `iterator` of the       the body is read once, before
//                              request                                oidc-provider runs
//         (device-secrets.ts)  IdToken#issue, listener of             `ds_hash` and `device_secret`
//                              grant.success
// grants (codes-               handler of authorization_code          apps that sign users in send no
//   without-redirect.ts)                                              redirect_uri
//
// grants (detail-types.ts) lets operators define types of authorization details while the server runs;
// grant-helpers.ts names the helpers of lib/helpers/grants.js and grant_common.js for grant types of our own, which
// semantic versioning does not cover.
//
// handlers (endpoint-steps.ts) runs functions of lib/actions/ for the fast path (docs/decisions/0050) in
// the context that oidc-provider's router would create. direct-context.ts runs direct answers in one
// (docs/decisions/0061), which check assertions and DPoP proofs by client-assertion.ts and dpop-proof.ts
// (docs/decisions/0057, 0063). authorization-steps.ts runs functions of lib/actions/authorization/ and issues codes
// (docs/decisions/0065). They change nothing.
//
// private-members.ts reads, without a change: Session#oldId, Session#state.secret, Client.validate,
// Client#asymmetricKeyStore, Client#sectorIdentifier, IdToken#mask and #issue for a logout token, Interaction#save.
//
// observation (signing.ts) reports the calls of IdToken#issue, AccessToken#getValueAndPayload and
// ClientCredentials#getValueAndPayload, token-metrics.ts counts issued tokens; they change nothing.
//
// Middleware in front of oidc-provider (http/middleware/oauth/) changes requests at the level of HTTP
// only; docs/flows.md lists it.
import type Provider from 'oidc-provider';
import type { InteractionEnd } from './adapters/interaction-adapter.ts';
import { stopBackchannelDelivery } from './patches/backchannel-delivery.ts';
import { limitClientCredentials, limitToPermittedScopes } from './patches/token-scopes.ts';
import { compareHashedSecrets } from './patches/client-secrets.ts';
import { refetchUnknownKeys } from './patches/clients/client-keys.ts';
import { addClaimsToIdTokens } from './patches/id-token-claims.ts';
import { writeInteractionEnd } from './patches/interaction-end.ts';
import { signOutOthers } from './patches/logout-redirect.ts';
import { moveSessionIds } from './patches/session-id-claims.ts';
import { prefixTokenIds, takeRefreshTokenIdsFrom } from './patches/token-ids.ts';
import { answerUnauthorizedClient } from './patches/error-responses.ts';
import type { Observation } from '#platform/observation/observation.ts';
import { announcePollingInterval, separateDeviceSignIn } from './patches/devices/device-form.ts';
import { correctDiscovery } from './patches/devices/discovery.ts';
import { isReviewedVersion } from './patches/overhead/engine-version.ts';
import { keepParsedClients } from './patches/overhead/kept-clients.ts';
import { keepContextInProperty } from './patches/overhead/request-context.ts';
import { buildErrorsLazily } from './patches/overhead/lazy-errors.ts';
import { recognizeOpaqueTokens } from './patches/overhead/structured-tokens.ts';
import { issueDeviceSecrets } from './patches/devices/device-secrets.ts';
import { acceptCodesWithoutRedirect } from './patches/grants/codes-without-redirect.ts';
import { observeSigning } from './patches/observation/signing.ts';
import type { DeviceSecrets } from './native-sso/device-secrets.ts';
import type { OtherSignOuts } from './provider-hooks.ts';
import type { RefreshRotation } from './tokens/refresh/refresh-rotation.ts';
import type { TokenAuthorization } from './access-control/token-authorization.ts';

export interface PatchDependencies {
  readonly rotation: Pick<RefreshRotation, 'nextToken'>;
  readonly interactionEnd: InteractionEnd;
  readonly authorization: Pick<TokenAuthorization, 'limitScope'>;
  /** True for scopes that request claims about a user. */
  readonly isUserScope: (scope: string) => boolean;
  readonly others: OtherSignOuts;
  readonly observation: Observation;
  readonly now: () => Date;
  readonly secrets: DeviceSecrets;
}

/**
 * Replaces steps that all providers of this process share; must be called before the first one is created
 * (docs/decisions/0051).
 */
export function patchEngine(): void {
  if (!isReviewedVersion()) return;
  keepContextInProperty();
  buildErrorsLazily();
  recognizeOpaqueTokens();
}

/** Applies all patches to a provider, whose models are its own. */
export function patchProvider(provider: Provider, dependencies: PatchDependencies): void {
  const { rotation, interactionEnd, isUserScope, authorization, others } = dependencies;
  takeRefreshTokenIdsFrom(provider, rotation.nextToken);
  prefixTokenIds(provider);
  limitClientCredentials(provider, isUserScope);
  limitToPermittedScopes(provider, authorization);
  compareHashedSecrets(provider);
  if (isReviewedVersion()) keepParsedClients(provider);
  refetchUnknownKeys(provider, dependencies.now);
  addClaimsToIdTokens(provider);
  moveSessionIds(provider);
  stopBackchannelDelivery(provider);
  writeInteractionEnd(provider, interactionEnd);
  signOutOthers(provider, others);
  answerUnauthorizedClient(provider);
  separateDeviceSignIn(provider);
  announcePollingInterval(provider);
  correctDiscovery(provider);
  acceptCodesWithoutRedirect(provider);
  issueDeviceSecrets(provider, dependencies.secrets);
  observeSigning(provider, dependencies.observation);
}
