// OpenID Connect Native SSO 1.0: an app exchanges the ID token of another app of its group, together with the
// device secret, for its own tokens in the same session (docs/decisions/0052).
import { randomUUID } from 'node:crypto';
import { errors, type Grant } from 'oidc-provider';
import type { Audit } from '#core/audit/audit.service.ts';
import { nativeSsoGroupOf } from '#core/clients/client-policies.ts';
import type { Client } from '#core/clients/clients.ts';
import { managementAudience } from '#core/clients/scopes.ts';
import type { AccessRequest } from '#core/consents/consents.ts';
import type { SessionAuthorizationStore } from '#core/sessions/joined/session-authorizations.store.ts';
import { seconds } from '#oidc/adapters/payload.ts';
import { exchangeSource } from '#oidc/patches/devices/device-secrets.ts';
import { issueTokens, validateClientScope } from '#oidc/patches/grants/grant-helpers.ts';
import { addAccess } from '#oidc/sign-in/grants.ts';
import { tokenExchangeGrant } from '#oidc/token-exchange/exchange-policy.ts';
import type { ExchangeContext } from '#oidc/token-exchange/exchanged-token.ts';
import { readBinding } from '#oidc/token-exchange/token-binding.ts';
import {
  findDeviceSession,
  type DeviceSessionDependencies,
  type ProvenSession,
} from './device-sessions.ts';
import { readSsoRequest, type SsoRequest } from './sso-request.ts';

export interface NativeSsoDependencies extends DeviceSessionDependencies {
  readonly issuer: string;
  readonly sessionAuthorizations: SessionAuthorizationStore;
  readonly audit: Audit;
}

/** One exchange. */
interface Joining {
  readonly ctx: ExchangeContext;
  readonly client: Client;
  readonly proven: ProvenSession;
}

/** @throws errors.OIDCProviderError */
export async function exchangeDeviceSecret(
  dependencies: NativeSsoDependencies,
  ctx: ExchangeContext,
  client: Client,
): Promise<void> {
  const { provider, issuer } = dependencies;
  if (nativeSsoGroupOf(client.metadata) === undefined) {
    throw new errors.UnauthorizedClient('the client belongs to no group of apps');
  }
  const request = readSsoRequest(ctx.oidc.params, issuer);
  const { certificate: cert, proof: dPoP } = await readBinding(provider, ctx);
  const proven = await findDeviceSession(dependencies, client, request);
  // The same error for every reason, so that a caller cannot probe tokens of others.
  if (!proven) throw new errors.InvalidRequest('subject_token or actor_token is invalid');
  const joining = { ctx, client, proven };
  const access = await accessOf(dependencies, joining, request);
  const { grant, sid } = await join(dependencies, joining, access);
  const source = sourceOf(dependencies, joining, { request, grant, sid });
  ctx.oidc.entity(exchangeSource, source);
  ctx.oidc.entity('Grant', grant);
  await issueTokens(provider, ctx, source, grant, {
    gty: tokenExchangeGrant,
    entityLabel: 'session',
    cert,
    dPoP,
  });
  await record(dependencies, joining, request);
  ctx.body = {
    ...Object(ctx.body),
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  };
}

/**
 * The access that the app may get: nothing that the first app was not granted.
 * @throws errors.InvalidScope or errors.InvalidTarget
 */
async function accessOf(
  { provider, issuer }: NativeSsoDependencies,
  { ctx, proven }: Joining,
  { scopes, resource }: SsoRequest,
): Promise<AccessRequest> {
  if (resource === managementAudience(issuer)) {
    throw new errors.InvalidTarget('tokens for the management API are not exchanged');
  }
  const first = await provider.Grant.find(proven.grantId);
  if (first?.accountId !== proven.userId) {
    throw new errors.InvalidRequest('subject_token or actor_token is invalid');
  }
  const own = first.getOIDCScopeEncountered().split(' ');
  const ofApi =
    resource === undefined ? [] : first.getResourceScopeEncountered(resource).split(' ');
  const more = scopes.find((scope) => !own.includes(scope) && !ofApi.includes(scope));
  if (more !== undefined) {
    throw new errors.InvalidScope('the first app was not granted the requested scope', more);
  }
  validateClientScope(provider, ctx, new Set(scopes));
  return {
    scopes: scopes.filter((scope) => own.includes(scope)),
    claims: [],
    resources:
      resource === undefined ? {} : { [resource]: scopes.filter((scope) => ofApi.includes(scope)) },
  };
}

/**
 * Adds the app to the session, so that its grant ends with the session.
 * @throws errors.InvalidRequest if the session has ended meanwhile
 */
async function join(
  { provider, sessionAuthorizations, now }: NativeSsoDependencies,
  { ctx, client: { clientId }, proven: { session, userId } }: Joining,
  access: AccessRequest,
): Promise<{ grant: Grant; sid: string }> {
  const { grantId: before, sid = randomUUID() } = session.authorizations[clientId] ?? {};
  const existing = before === undefined ? undefined : await provider.Grant.find(before);
  const isOwn = existing?.accountId === userId;
  const grant = isOwn ? existing : new provider.Grant({ accountId: userId, clientId });
  addAccess(grant, access);
  // The adapter binds the grant to the session in `ctx.oidc`, which a request without a session cookie lacks.
  Object.assign(ctx.oidc, { session: { uid: session.uid } });
  const grantId = await grant.save();
  const added = { sessionUid: session.uid, userId, clientId, sid, grantId };
  if (await sessionAuthorizations.add(added, now())) return { grant, sid };
  if (!isOwn) await grant.destroy();
  throw new errors.InvalidRequest('subject_token or actor_token is invalid');
}

/** An authorization code that is never stored, because oidc-provider issues tokens from a code. */
function sourceOf(
  { provider }: NativeSsoDependencies,
  { ctx, proven: { session, userId } }: Joining,
  { request, grant, sid }: { request: SsoRequest; grant: Grant; sid: string },
) {
  const { acr, amr, loginAt, uid: sessionUid } = session;
  return new provider.AuthorizationCode({
    accountId: userId,
    client: ctx.oidc.client,
    gty: tokenExchangeGrant,
    acr,
    amr: amr && [...amr],
    authTime: loginAt && seconds(loginAt),
    grantId: grant.jti,
    scope: request.scopes.join(' '),
    resource: request.resource,
    sessionUid,
    sid,
    expiresWithSession: true,
  });
}

async function record(
  { audit }: NativeSsoDependencies,
  { client: { clientId }, proven: { session, userId, ownerId } }: Joining,
  { scopes, resource }: SsoRequest,
): Promise<void> {
  await audit.append({
    event: 'token.exchanged',
    actor: { kind: 'client', id: clientId },
    userId,
    clientId,
    sessionUid: session.uid,
    details: {
      audience: resource,
      scope: scopes.join(' '),
      subjectClientId: ownerId,
      nativeSso: true,
    },
  });
}
