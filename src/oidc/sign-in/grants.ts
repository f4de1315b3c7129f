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

interface OwnGrant {
  readonly grant: Grant | undefined;
  readonly requested: AccessRequest;
  readonly isCovering: boolean;
}

/** The grant that the session already has for the client, of the account that is signed in now. */
async function findOwnGrant(
  { oidc }: KoaContextWithOIDC,
  isUserScope: GrantDependencies['isUserScope'],
): Promise<OwnGrant> {
  const { client, account, session, provider, params } = oidc;
  const requested = readAccessRequest(params ?? {}, requestedScopes(oidc), isUserScope);
  const grantId = client && session?.grantIdFor(client.clientId);
  const existing = grantId ? await provider.Grant.find(grantId) : undefined;
  const grant = existing?.accountId === account?.accountId ? existing : undefined;
  const isCovering = grant !== undefined && covers(accessOf(grant, requested), requested);
  return { grant, requested, isCovering };
}

/** Returns what finds the grant of a session that covers a request, and changes nothing. */
export function createFindCoveringGrant({ isUserScope }: Pick<GrantDependencies, 'isUserScope'>) {
  return async (ctx: KoaContextWithOIDC): Promise<Grant | undefined> => {
    const { grant, isCovering } = await findOwnGrant(ctx, isUserScope);
    return isCovering ? grant : undefined;
  };
}

export function createLoadExistingGrant(dependencies: GrantDependencies) {
  const { consent, clients, isUserScope, impersonation } = dependencies;
  return async (ctx: KoaContextWithOIDC): Promise<Grant | undefined> => {
    const { client, account, session, provider } = ctx.oidc;
    if (!client || !account || !session) return undefined;
    const { grant, requested, isCovering } = await findOwnGrant(ctx, isUserScope);
    if (isCovering) return grant;

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

function requestedScopes({
  resourceServers,
}: KoaContextWithOIDC['oidc']): Record<string, readonly string[]> {
  const servers = Object.entries(resourceServers ?? {});
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
