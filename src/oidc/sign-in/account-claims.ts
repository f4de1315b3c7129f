// Implements oidc-provider's `findAccount`: the user of a session or token if the user is active,
// and the user's claims. oidc-provider selects the claims by scope and claims parameter.
import type { Account, FindAccount, KoaContextWithOIDC } from 'oidc-provider';
import { authorizationClaims } from '#core/access-control/assignments.ts';
import { presentClaims } from '#core/users/users.ts';
import { splitScope } from '#core/clients/scopes.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import { putsClaimsIntoIdToken } from '#oidc/clients/client-policies.ts';
import type { ExtraClaims } from '#oidc/extra-claims.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';
import { refusalOf } from '#oidc/access-control/client-access.ts';
import { isUuid } from '#platform/uuid.ts';
import { requireNonceAtUserinfo } from '#oidc/security/dpop-nonces.ts';
import type { ImpersonationLimits } from '#oidc/sessions/impersonation.ts';
import type { SignInOrganization } from '#oidc/access-control/organization.ts';
import type { SignInVersion } from './security-version.ts';

export interface AccountDependencies {
  readonly facts: RequestFacts;
  readonly subjectStatus: SubjectStatusService;
  readonly clients: Clients;
  readonly extraClaims: Pick<ExtraClaims, 'claimsOf'>;
  readonly signInVersion: SignInVersion;
  readonly organization: SignInOrganization;
  readonly impersonation: ImpersonationLimits;
  readonly now: () => Date;
}

type Token = Parameters<FindAccount>[2];

export function createFindAccount(dependencies: AccountDependencies): FindAccount {
  const { facts, subjectStatus, clients, extraClaims, signInVersion, organization, now } =
    dependencies;
  const { impersonation } = dependencies;
  /**
   * The current time for a sign-in of this request, otherwise the stored time of the session's
   * sign-in.
   */
  async function signedInAt({ oidc }: KoaContextWithOIDC, version?: number): Promise<Date> {
    // In a backchannel request, the user has no session.
    if (version !== undefined || isBackchannel(oidc)) return now();
    const stored = oidc.session && (await facts.session(oidc.session.uid));
    return stored?.signedInAt ?? new Date(0);
  }

  return async (ctx, sub, token): Promise<Account | undefined> => {
    requireNonceAtUserinfo(ctx);
    // A pairwise subject in a hint is not a user id.
    if (!isUuid(sub)) return undefined;
    const { user, assignments, notBefore } = await facts.user(sub);
    if (!user) return undefined;
    // A sign-in of this request is valid only if nothing was revoked since its credential was
    // checked.
    const version = token ? undefined : signInVersion.get();
    if (version !== undefined && version !== user.securityVersion) return undefined;
    // A client's notBefore invalidates the client's tokens, but not the user's browser session, which does
    // not belong to the client. A backchannel request belongs to the client that sent it.
    const ownerId =
      token?.clientId ?? (isBackchannel(ctx.oidc) ? ctx.oidc.client?.clientId : undefined);
    const client = ownerId === undefined ? null : await clients.find(ownerId);
    const grantId = token && 'grantId' in token ? token.grantId : undefined;
    const issuedAt = token
      ? facts.issuedAt(startOf(token), grantId)
      : await signedInAt(ctx, version);
    if (!subjectStatus.isActive({ user, notBefore }, client, issuedAt)) return undefined;
    const organizationId = organization.of(token);
    if (client && refusalOf(client, assignments, organizationId)) return undefined;
    const clientId = client?.clientId ?? ctx.oidc.client?.clientId;
    return {
      accountId: user.id,
      claims: async (use, scope, asked) => {
        const { sub: subject, ...claims } = presentClaims(user);
        // Claims of scopes are returned from userinfo (OpenID Connect Core §5.4); an ID token
        // contains only the claims requested for it.
        const isFull = use === 'userinfo' || putsClaimsIntoIdToken(ctx.oidc.client);
        const scopes = isFull ? splitScope(scope) : [];
        const extra = await extraClaims.claimsOf(user.id, scopes, Object.keys(asked ?? {}));
        const assigned = authorizationClaims(assignments, { clientId, organizationId });
        const actor = await impersonation.actorClaim(user.id, ctx.oidc.client);
        return { ...extra, ...claims, ...assigned, ...actor, sub: String(subject) };
      },
    };
  };
}

function isBackchannel({ route }: KoaContextWithOIDC['oidc']): boolean {
  return route === 'backchannel_authentication';
}

/** Seconds. A token counts from its issuance, a refresh token from the issuance of its family. */
function startOf(token: NonNullable<Token>): number {
  return ('iiat' in token ? token.iiat : token.iat) ?? 0;
}
