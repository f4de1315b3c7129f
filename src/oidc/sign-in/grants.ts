// Selects or creates the grant of an authorization request. Each session has its own grant per
// client, created from the user's earlier consent or because the client is first-party. Revoking
// one session or token family therefore never affects another.
import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import { canonicalDetail, readDetail } from '#core/consents/authorization-details.ts';
import {
  covers,
  detailsOrNone,
  readAccessRequest,
  type AccessRequest,
} from '#core/consents/consents.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { ImpersonationLimits } from '#oidc/sessions/impersonation.ts';
import type { ConsentService } from '#core/consents/consents.service.ts';

export interface GrantDependencies {
  readonly consent: ConsentService;
  readonly clients: Clients;
  readonly isUserScope: (scope: string) => boolean;
  readonly impersonation: ImpersonationLimits;
}

export function createLoadExistingGrant(dependencies: GrantDependencies) {
  const { consent, clients, isUserScope, impersonation } = dependencies;
  return async (ctx: KoaContextWithOIDC): Promise<Grant | undefined> => {
    const { client, account, session, provider, params } = ctx.oidc;
    if (!client || !account || !session) return undefined;
    const requested = readAccessRequest(params ?? {}, requestedScopes(ctx), isUserScope);
    const grantId = session.grantIdFor(client.clientId);
    const existing = grantId ? await provider.Grant.find(grantId) : undefined;
    const grant = existing?.accountId === account.accountId ? existing : undefined;
    if (grant && covers(accessOf(grant, requested), requested)) return grant;

    const registered = await clients.find(client.clientId);
    if (!registered) return undefined;
    // Set only by our own pages: the user has allowed, now or before, everything that is requested.
    // An impersonation has only what the user has allowed before.
    const isAllowedNow = ctx.oidc.result?.consent && !impersonation.isActive();
    const allowed = isAllowedNow
      ? requested
      : await consent.allowedTo(registered, account.accountId, requested);
    if (!allowed) return grant;
    const next =
      grant ?? new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
    addAccess(next, allowed);
    await next.save();
    return next;
  };
}

function requestedScopes(ctx: KoaContextWithOIDC): Record<string, readonly string[]> {
  const servers = Object.entries(ctx.oidc.resourceServers ?? {});
  return Object.fromEntries(servers.map(([audience, { scopes }]) => [audience, [...scopes]]));
}

/** The part of the grant that concerns the request. */
function accessOf(grant: Grant, requested: AccessRequest): AccessRequest {
  const audiences = Object.keys(requested.resources);
  return {
    scopes: grant.getOIDCScopeEncountered().split(' '),
    claims: grant.getOIDCClaimsEncountered(),
    resources: Object.fromEntries(
      audiences.map((audience) => [
        audience,
        grant.getResourceScopeEncountered(audience).split(' '),
      ]),
    ),
    ...detailsOrNone((grant.rar ?? []).map(canonicalDetail)),
  };
}

export function addAccess(
  grant: Grant,
  { scopes, claims, resources, details = [] }: AccessRequest,
): void {
  const known = (grant.rar ?? []).map(canonicalDetail);
  for (const detail of details) {
    if (!known.includes(detail)) grant.addRar(readDetail(detail));
  }
  if (scopes.length > 0) grant.addOIDCScope(scopes.join(' '));
  if (claims.length > 0) grant.addOIDCClaims([...claims]);
  for (const [audience, allowed] of Object.entries(resources)) {
    if (allowed.length > 0) grant.addResourceScope(audience, allowed.join(' '));
  }
}
