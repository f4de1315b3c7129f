// Queues notifications: back-channel logouts for clients and mail for users. Jobs are processed in
// worker.service.ts and mail.jobs.ts.
import type { Knex } from 'knex';
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { EndedSession } from '#core/sessions/session-rows.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import type { AuditActor } from '#core/audit/audit.ts';
import { mailTo, type Mail } from './mail/mail.ts';
import { withOrigin } from './mail/mail-origin.ts';
import type { LogoutOrder, Outbox } from './outbox.service.ts';

export interface NotificationDependencies {
  readonly outbox: Outbox;
  readonly clients: ClientStore;
  readonly users: UserStore;
  readonly requestOrigin: RequestOriginSlot;
}

interface NotifiedAct {
  readonly by: AuditActor;
  readonly tx: Knex;
}

export function createNotifications(dependencies: NotificationDependencies) {
  const { outbox, clients, users, requestOrigin } = dependencies;

  /**
   * Returns the clients that are registered for back-channel logout. They are read in the same
   * transaction, because the embedded database has a single connection.
   */
  async function findNotified(clientIds: Iterable<string>, tx: Knex): Promise<Set<string>> {
    const notified = new Set<string>();
    for (const clientId of new Set(clientIds)) {
      const client = await clients.find(clientId, tx);
      if (typeof client?.metadata['backchannel_logout_uri'] === 'string') notified.add(clientId);
    }
    return notified;
  }

  async function notifyUser(userId: string, mail: Mail, tx: Knex): Promise<number> {
    const user = await users.findById(userId, tx);
    if (!user) return 0;
    await outbox.add([mailTo(user, mail)], tx);
    return 1;
  }

  return {
    /** Queues one logout token per client and session; returns the number of jobs. */
    async notifyClients(sessions: readonly EndedSession[], tx: Knex): Promise<number> {
      const visited = sessions.flatMap(({ authorizations }) => Object.keys(authorizations));
      const notified = await findNotified(visited, tx);
      const orders = sessions.flatMap((session) => ordersFor(session, notified));
      await outbox.add(orders, tx);
      return orders.length;
    },
    /** Returns 1, or 0 when the user does not exist. */
    notifyUser,
    /** The mail names the device and the address of the request if it is the user's own act. */
    notifyOfAct: (userId: string, mail: Mail, { by, tx }: NotifiedAct): Promise<number> =>
      notifyUser(userId, withOrigin(requestOrigin, mail, { by, userId }), tx),
  };
}

export type Notifications = ReturnType<typeof createNotifications>;

function ordersFor(
  { userId, authorizations }: EndedSession,
  notified: ReadonlySet<string>,
): LogoutOrder[] {
  if (!userId) return [];
  return Object.entries(authorizations)
    .filter(([clientId]) => notified.has(clientId))
    .map(([clientId, { sid }]) => ({ kind: 'backchannel_logout', userId, clientId, sid }));
}
