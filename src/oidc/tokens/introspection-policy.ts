// Decides which callers may introspect a token (RFC 7662 §2.1): its own client, and the API it was
// issued for. All others receive `active: false`, as does every caller once the user or the client
// is no longer active.
import type { Clients } from '#core/clients/clients.service.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';
import { refusalOf } from '#oidc/access-control/client-access.ts';
import type { ExchangedStatus } from '#oidc/token-exchange/exchanged-status.ts';
import type { SignInOrganization } from '#oidc/access-control/organization.ts';
import type {
  AuthorizedToken,
  TokenAuthorization,
} from '#oidc/access-control/token-authorization.ts';

export interface IntrospectionDependencies {
  readonly clients: Clients;
  readonly subjectStatus: SubjectStatusService;
  readonly facts: RequestFacts;
  readonly organization: SignInOrganization;
  readonly authorization: TokenAuthorization;
  readonly exchanged: ExchangedStatus;
}

interface IntrospectedToken extends AuthorizedToken {
  readonly iat?: number | undefined;
  readonly iiat?: number | undefined;
  readonly grantId?: string | undefined;
  readonly jti?: string | undefined;
}

export function createIntrospectionPolicy({
  clients,
  subjectStatus,
  facts,
  organization,
  authorization,
  exchanged,
}: IntrospectionDependencies) {
  return async (caller: { clientId: string }, token: IntrospectedToken): Promise<boolean> => {
    if (token.clientId === undefined) return false;
    const [callingClient, owner] = await Promise.all([
      clients.find(caller.clientId),
      clients.find(token.clientId),
    ]);
    if (!callingClient || !owner) return false;
    const isAudience = typeof token.aud === 'string' && callingClient.resources.includes(token.aud);
    if (owner.clientId !== callingClient.clientId && !isAudience) return false;

    if (!(await exchanged.isActive(token, owner))) return false;
    const userId = token.accountId;
    const subject = userId === undefined ? await facts.withoutUser() : await facts.user(userId);
    const issuedAt = facts.issuedAt(token.iiat ?? token.iat ?? 0, token.grantId);
    if (!subjectStatus.isActive(subject, owner, issuedAt)) return false;
    if (!('assignments' in subject)) return true;
    if (refusalOf(owner, subject.assignments, organization.of(token))) return false;
    // The response is built from the token, so its claims are replaced by the current ones first.
    await authorization.refreshClaims(token);
    await authorization.limitScope(token);
    return true;
  };
}

export type IntrospectionPolicy = ReturnType<typeof createIntrospectionPolicy>;
