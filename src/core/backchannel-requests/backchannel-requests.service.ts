// Records requests and decisions, each together with its audit event, and with the mail to the user or the
// ping to the client. The caller determines who may decide and what an approval grants.
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Audit } from '#core/audit/audit.service.ts';
import type { AuditActor } from '#core/audit/audit.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { ReadUser } from '#core/users/user-holds.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import { requestWaitingMail } from './backchannel-mail-templates.ts';
import { notificationContext, type Notification } from './backchannel-requests.ts';
import type {
  Approval,
  BackchannelRequest,
  BackchannelRequestStore,
  Decided,
} from './backchannel-requests.store.ts';

export interface BackchannelRequestLogDependencies {
  readonly db: Database;
  readonly store: BackchannelRequestStore;
  readonly audit: Audit;
  readonly clients: Clients;
  readonly notifications: Notifications;
  readonly outbox: Outbox;
  readonly users: UserStore;
  readonly keyring: Keyring;
  readonly issuer: string;
  readonly now: () => Date;
}

export interface ReceivedRequest extends Pick<
  BackchannelRequest,
  'userId' | 'clientId' | 'content' | 'bindingMessage' | 'address' | 'expiresAt'
> {
  /** The `auth_req_id`. */
  readonly secret: string;
  /** The client's token for its notification endpoint; `undefined` if the client polls. */
  readonly notificationToken: string | undefined;
}

/** A decision about a request that was read before. */
export interface Decision {
  readonly request: BackchannelRequest;
  /** The user as read before: nothing may have been revoked since, and the session may not have ended. */
  readonly user: ReadUser;
  readonly by: AuditActor;
  readonly sessionUid: string | undefined;
}

/** The page in the account that lists the requests. */
export const requestsPath = '/auth/account/requests';

export function createBackchannelRequestLog(dependencies: BackchannelRequestLogDependencies) {
  const { db, store, users, now } = dependencies;
  return {
    /** False if too many requests for the user are pending. */
    receive: (received: ReceivedRequest): Promise<boolean> =>
      db.knex.transaction((tx) => receive(dependencies, received, tx)),
    /** False if it was decided meanwhile, has expired, or the user's session was revoked. */
    approve: (decision: Decision, approval: Approval): Promise<boolean> =>
      db.knex.transaction(async (tx) => {
        const { request, user } = decision;
        if (!(await users.holdUnrevoked(user, tx))) return false;
        const decided = await store.approve(request.id, user, approval, { now: now(), tx });
        return conclude(
          dependencies,
          { decision, decided, event: 'backchannel_request.approved' },
          tx,
        );
      }),
    /** As `approve`. */
    deny: (decision: Decision): Promise<boolean> =>
      db.knex.transaction(async (tx) => {
        const { request, user } = decision;
        if (!(await users.holdUnrevoked(user, tx))) return false;
        const decided = await store.deny(request.id, user, { now: now(), tx });
        return conclude(
          dependencies,
          { decision, decided, event: 'backchannel_request.denied' },
          tx,
        );
      }),
  };
}

export type BackchannelRequestLog = ReturnType<typeof createBackchannelRequestLog>;

async function receive(
  { store, audit, clients, notifications, keyring, issuer, now }: BackchannelRequestLogDependencies,
  received: ReceivedRequest,
  tx: Knex,
): Promise<boolean> {
  const { userId, clientId, secret, notificationToken: token, bindingMessage } = received;
  const id = randomUUID();
  const notified: Notification | undefined =
    token === undefined ? undefined : { authReqId: secret, token };
  const notification = notified && keyring.seal(JSON.stringify(notified), notificationContext(id));
  if (!(await store.add({ ...received, id, notification, createdAt: now() }, tx))) return false;
  await audit.append(
    {
      event: 'backchannel_request.received',
      actor: { kind: 'client', id: clientId },
      userId,
      clientId,
      details: { request: id },
    },
    tx,
  );
  const client = await clients.find(clientId);
  const name = client?.metadata['client_name'];
  const mail = requestWaitingMail({
    client: typeof name === 'string' ? name : clientId,
    message: bindingMessage ?? '',
    link: `${issuer}${requestsPath}`,
  });
  await notifications.notifyUser(userId, mail, tx);
  return true;
}

interface Conclusion {
  readonly decision: Decision;
  readonly decided: Decided | undefined;
  readonly event: 'backchannel_request.approved' | 'backchannel_request.denied';
}

async function conclude(
  { audit, outbox, keyring }: BackchannelRequestLogDependencies,
  { decision, decided, event }: Conclusion,
  tx: Knex,
): Promise<boolean> {
  if (!decided) return false;
  const { request, user, by: actor, sessionUid } = decision;
  const { id, clientId } = request;
  await audit.append(
    { event, actor, userId: user.id, clientId, sessionUid, details: { request: id } },
    tx,
  );
  if (decided.notification === undefined) return true;
  const text = keyring.open(decided.notification, notificationContext(id)).toString();
  // Sealed by `receive`, under a context that nothing else uses.
  const { authReqId, token } = JSON.parse(text) as Notification;
  const until = request.expiresAt.toISOString();
  await outbox.add(
    [{ kind: 'backchannel_ping', userId: user.id, clientId, authReqId, token, until }],
    tx,
  );
  return true;
}
