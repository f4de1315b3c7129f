// The user's decision about a backchannel request. An approval stores the consent and creates a grant without
// a session; tokens are issued only when the client requests them.
import type { Provider } from 'oidc-provider';
import type { AuditActor } from '#core/audit/audit.ts';
import type { BackchannelRequestLog } from '#core/backchannel-requests/backchannel-requests.service.ts';
import type {
  BackchannelRequest,
  BackchannelRequestStore,
} from '#core/backchannel-requests/backchannel-requests.store.ts';
import type { Client } from '#core/clients/clients.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { ConsentService } from '#core/consents/consents.service.ts';
import { readAccessRequest, type AccessRequest } from '#core/consents/consents.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import type { ReadUser } from '#core/users/user-holds.store.ts';
import type { User } from '#core/users/users.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { refusalOf } from '#oidc/access-control/client-access.ts';
import { addAccess } from '#oidc/sign-in/grants.ts';
import { textsOf } from '#oidc/sign-in/open-interaction.ts';
import type { Database } from '#platform/database/postgres.ts';

export interface BackchannelDecisionDependencies {
  readonly db: Database;
  readonly provider: Provider;
  readonly users: UserStore;
  readonly clients: Clients;
  readonly consent: ConsentService;
  readonly subjectStatus: SubjectStatusService;
  readonly backchannelRequestStore: BackchannelRequestStore;
  readonly backchannelRequestLog: BackchannelRequestLog;
  readonly isUserScope: (scope: string) => boolean;
  readonly now: () => Date;
}

/** The deciding user, and how the user signed in. */
export interface Decider {
  readonly user: User & ReadUser;
  readonly by: AuditActor;
  readonly acr: string;
  readonly amr: readonly string[];
  /** When the user signed in. */
  readonly at: Date;
  readonly sessionUid: string | undefined;
}

export interface WaitingRequest {
  readonly request: BackchannelRequest;
  readonly client: Client;
  readonly access: AccessRequest;
}

export function createBackchannelDecisions(dependencies: BackchannelDecisionDependencies) {
  const { clients, backchannelRequestStore: requests, now } = dependencies;

  /** `undefined` if the client was blocked or deleted, or the user may no longer use it. */
  async function describe(request: BackchannelRequest): Promise<WaitingRequest | undefined> {
    const client = await clients.find(request.clientId);
    if (!client || client.disabledAt !== undefined) return undefined;
    const { userId } = request;
    const ids = { userId, grantId: undefined, sessionUid: undefined };
    const { assignments } = await dependencies.subjectStatus.load(ids);
    if (refusalOf(client, assignments, undefined)) return undefined;
    return { request, client, access: await accessOf(dependencies, request, client) };
  }

  async function findWaiting(id: string, userId: string): Promise<WaitingRequest | undefined> {
    const request = (await requests.listWaiting(userId, now())).find((each) => each.id === id);
    return request && describe(request);
  }

  return {
    /** The pending requests for this user, newest first. */
    async list(userId: string): Promise<readonly WaitingRequest[]> {
      const waiting = await requests.listWaiting(userId, now());
      const described = await Promise.all(waiting.map(describe));
      return described.filter((each) => each !== undefined);
    },
    /** False if the request was decided, has expired, or something was revoked or the session ended meanwhile. */
    async approve(id: string, decider: Decider): Promise<boolean> {
      const waiting = await findWaiting(id, decider.user.id);
      return waiting !== undefined && approve(dependencies, waiting, decider);
    },
    /** As `approve`. */
    async deny(id: string, { user, by, sessionUid }: Decider): Promise<boolean> {
      const waiting = await findWaiting(id, user.id);
      if (!waiting) return false;
      const decision = { request: waiting.request, user, by, sessionUid };
      return dependencies.backchannelRequestLog.deny(decision);
    },
  };
}

export type BackchannelDecisions = ReturnType<typeof createBackchannelDecisions>;

async function approve(
  { db, users, provider, consent, backchannelRequestLog: log }: BackchannelDecisionDependencies,
  { request, client, access }: WaitingRequest,
  { user, by, acr, amr, at: authTime, sessionUid }: Decider,
): Promise<boolean> {
  const { clientId } = client;
  const given = { clientId, userId: user.id, sessionUid, access };
  // The session may have ended since it was read; that changes none of the user's versions.
  const isAllowed = await db.transaction(
    async (tx) => (await users.holdUnrevoked(user, tx)) && consent.allow(given, user, tx),
  );
  if (!isAllowed) return false;
  const grant = new provider.Grant({ accountId: user.id, clientId });
  addAccess(grant, access);
  const grantId = await grant.save();
  const decision = { request, user, by, sessionUid };
  if (await log.approve(decision, { grantId, acr, amr, authTime })) return true;
  await grant.destroy();
  return false;
}

async function accessOf(
  { clients, isUserScope }: BackchannelDecisionDependencies,
  { content }: BackchannelRequest,
  client: Client,
): Promise<AccessRequest> {
  const params: Readonly<Record<string, unknown>> = Object(content['params']);
  const scopes = textsOf(content['resource']).map(async (audience) => {
    const resource = await clients.findResource(audience);
    return [audience, resource ? clients.scopesFor(client, resource) : []] as const;
  });
  return readAccessRequest(params, Object.fromEntries(await Promise.all(scopes)), isUserScope);
}
