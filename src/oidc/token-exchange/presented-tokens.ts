// Finds the tokens that a token exchange request presents (RFC 8693 §2.1). Both must be access tokens
// that this server issued and that are active.
import type { AccessToken, ClientCredentials, Provider } from 'oidc-provider';
import { opaqueId } from '#core/revocation/token-revocation.service.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import type { Client } from '#core/clients/clients.ts';
import type { SignInOrganization } from '#oidc/access-control/organization.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';
import type { JwtAccessTokens } from '#oidc/tokens/jwt-access-tokens.ts';
import { isPossible } from '#oidc/tokens/token-prefixes.ts';
import type { ExchangeOrigin, OriginStatus } from './exchange-origin.ts';

export interface SubjectToken {
  readonly token: AccessToken;
  /** The origin of a token that is exchanged for this one. */
  readonly origin: ExchangeOrigin;
}

export interface PresentedTokenDependencies {
  readonly provider: Provider;
  readonly jwts: JwtAccessTokens;
  readonly subjectStatus: SubjectStatusService;
  readonly facts: RequestFacts;
  readonly organization: Pick<SignInOrganization, 'of'>;
  readonly origins: OriginStatus;
}

export function createPresentedTokens(dependencies: PresentedTokenDependencies) {
  const { provider, jwts, subjectStatus, facts, organization, origins } = dependencies;

  /** A JWT is replaced by a handle, as for introspection. */
  async function handleOf(value: string): Promise<string> {
    return value.includes('.') ? jwts.present(value) : value;
  }

  return {
    /** The access token of a user; `undefined` for every other token. */
    async findSubject(value: string): Promise<SubjectToken | undefined> {
      const handle = await handleOf(value);
      if (!isPossible('AccessToken', handle)) return undefined;
      const token = await provider.AccessToken.find(handle);
      if (!token || token.isExpired) return undefined;
      const before = jwts.originOf(token) ?? originOf(token);
      if (!before) return undefined;
      const { accountId: userId, iat: issuedAt } = token;
      const organizationId = organization.of(token);
      origins.expect(before, userId);
      if (!(await origins.isActive(before, { userId, issuedAt, organizationId }))) return undefined;
      // The id of an opaque token is the token itself.
      const id = handle === value ? opaqueId(value) : token.jti;
      return { token, origin: { ...before, tokenIds: [...before.tokenIds, id] } };
    },
    /** The client's own access token, from the client credentials grant. */
    async findActor(value: string, client: Client): Promise<ClientCredentials | undefined> {
      const handle = await handleOf(value);
      if (!isPossible('ClientCredentials', handle)) return undefined;
      const token = await provider.ClientCredentials.find(handle);
      if (!token || token.isExpired || token.clientId !== client.clientId) return undefined;
      const subject = await facts.withoutUser();
      const issuedAt = facts.issuedAt(token.iat, undefined);
      return subjectStatus.isActive(subject, client, issuedAt) ? token : undefined;
    },
  };
}

export type PresentedTokens = ReturnType<typeof createPresentedTokens>;

/** The origin of a token that was not exchanged. */
function originOf(token: AccessToken): ExchangeOrigin | undefined {
  const { grantId, clientId, expiresWithSession, sessionUid } = token;
  if (!grantId || clientId === undefined) return undefined;
  return {
    grantId,
    clientId,
    sessionUid: expiresWithSession ? sessionUid : undefined,
    tokenIds: [],
  };
}
