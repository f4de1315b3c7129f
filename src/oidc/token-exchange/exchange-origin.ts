// The records on which an exchanged token depends: the grant and session in which the user gave the first
// client access, the tokens that were exchanged for it, and the clients that exchanged them. It is active
// only as long as all of them are, so that a block, a sign-out or a revocation ends it at once, however often
// it was exchanged.
import type { Client } from '#core/clients/clients.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { TokenRevocation } from '#core/revocation/token-revocation.service.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import { refusalOf } from '#oidc/access-control/client-access.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';

export interface ExchangeOrigin {
  readonly grantId: string;
  /** The session to which the grant is bound, unless the client has offline access. */
  readonly sessionUid: string | undefined;
  /** The client to which the user granted access. */
  readonly clientId: string;
  /** The clients that have exchanged a token before, the first one first. */
  readonly through: readonly string[];
  /** The ids of the tokens that were exchanged, the first one first. */
  readonly tokenIds: readonly string[];
}

export interface ExchangedFor {
  readonly userId: string;
  /** `iat` of the token that was presented, in seconds. */
  readonly issuedAt: number;
  readonly organizationId: string | undefined;
}

export interface OriginDependencies {
  readonly clients: Clients;
  readonly subjectStatus: SubjectStatusService;
  readonly facts: RequestFacts;
  readonly revocation: Pick<TokenRevocation, 'isRevoked'>;
}

export function createOriginStatus(dependencies: OriginDependencies) {
  const { clients, subjectStatus, facts, revocation } = dependencies;

  async function isGranted(origin: ExchangeOrigin, { userId }: ExchangedFor): Promise<boolean> {
    const { grantId, sessionUid, clientId } = origin;
    const grant = await facts.grant(grantId);
    if (grant?.userId !== userId || grant.clientId !== clientId) return false;
    if (sessionUid === undefined) return true;
    const session = await facts.session(sessionUid);
    if (session?.userId !== userId) return false;
    return session.authorizations[clientId]?.grantId === grantId;
  }

  async function isAnyRevoked(ids: readonly string[]): Promise<boolean> {
    const answers = await Promise.all(ids.map((id) => revocation.isRevoked(id)));
    return answers.includes(true);
  }

  return {
    /** Loads everything below in one statement. */
    expect({ grantId, sessionUid }: ExchangeOrigin, userId: string): void {
      facts.expect({ userId, grantId, sessionUid });
    },
    async isActive(origin: ExchangeOrigin, token: ExchangedFor): Promise<boolean> {
      const { userId, issuedAt, organizationId } = token;
      const involved = await Promise.all(clientsOf(origin).map((id) => clients.find(id)));
      const { user, assignments, notBefore } = await facts.user(userId);
      if (!(await isGranted(origin, token))) return false;
      const at = facts.issuedAt(issuedAt, origin.grantId);
      const permits = (client: Client | undefined) =>
        client !== undefined &&
        subjectStatus.isActive({ user, notBefore }, client, at) &&
        !refusalOf(client, assignments, organizationId);
      if (!involved.every(permits)) return false;
      return !(await isAnyRevoked(origin.tokenIds));
    },
  };
}

/** All clients that held the token, or one that was exchanged for it, before the current client. */
export function clientsOf({ clientId, through }: ExchangeOrigin): readonly string[] {
  return [clientId, ...through];
}

export type OriginStatus = ReturnType<typeof createOriginStatus>;
