// Finds the tokens that a token exchange request presents (RFC 8693 §2.1). Both must be access tokens
// that this server issued and that are active.
import type { AccessToken, ClientCredentials, Provider } from 'oidc-provider';
import { opaqueId } from '#core/revocation/token-revocation.service.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import type { Client } from '#core/clients/clients.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { SignInOrganization } from '#oidc/access-control/organization.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';
import type { JwtAccessTokens } from '#oidc/tokens/jwt-access-tokens.ts';
import { isPossible } from '#oidc/tokens/token-prefixes.ts';
import type { ExchangeOrigin, OriginStatus } from './exchange-origin.ts';
import type { ExchangedStatus } from './exchanged-status.ts';

export interface SubjectToken {
  readonly token: AccessToken;
  /** The origin of a token that is exchanged for this one. */
  readonly origin: ExchangeOrigin;
}

export interface PresentedTokenDependencies {
  readonly provider: Provider;
  readonly clients: Clients;
  readonly jwts: JwtAccessTokens;
  readonly subjectStatus: SubjectStatusService;
  readonly facts: RequestFacts;
  readonly organization: Pick<SignInOrganization, 'of'>;
  readonly origins: OriginStatus;
  readonly exchanged: ExchangedStatus;
}

export function createPresentedTokens(dependencies: PresentedTokenDependencies) {
  const { provider, clients, jwts, subjectStatus, facts, organization } = dependencies;
  const { origins, exchanged } = dependencies;

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
      const before = originOf(token, jwts.originOf(token));
      const owner = token.clientId === undefined ? undefined : await clients.find(token.clientId);
      if (!before || !owner) return undefined;
      const { accountId: userId, iat: issuedAt } = token;
      const organizationId = organization.of(token);
      origins.expect(before, userId);
      if (!(await exchanged.isActive(token, owner))) return undefined;
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

/** @param before the origin of the token, if it came from an exchange */
function originOf(
  { grantId, clientId, expiresWithSession, sessionUid }: AccessToken,
  before: ExchangeOrigin | undefined,
): ExchangeOrigin | undefined {
  if (clientId === undefined) return undefined;
  if (before) return { ...before, through: [...before.through, clientId] };
  if (!grantId) return undefined;
  return {
    grantId,
    clientId,
    sessionUid: expiresWithSession ? sessionUid : undefined,
    through: [],
    tokenIds: [],
  };
}
