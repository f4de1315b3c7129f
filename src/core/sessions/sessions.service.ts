// Browser sessions: stores a sign-in together with the session it starts, and ends a session
// together with its grants, an audit event and back-channel logouts.
import type { AuditActor } from '#core/audit/audit.ts';
import type { User } from '#core/users/users.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import type { SessionChange, SignInTrace } from './session-rows.store.ts';
import {
  firstMethodOf,
  type EndedSessionCounter,
  type SignInCounter,
} from './metrics/session-metrics.ts';
import type { SessionStore } from './sessions.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import type { SignInDevices } from './sign-in-devices.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';

export interface SessionDependencies {
  readonly db: Database;
  readonly sessions: SessionStore;
  readonly audit: Audit;
  readonly notifications: Notifications;
  readonly devices: SignInDevices;
  readonly outbox: Outbox;
  readonly origin: RequestOriginSlot;
  readonly invalidation: Invalidation;
  readonly signIns: SignInCounter;
  readonly endedSessions: EndedSessionCounter;
  readonly now: () => Date;
}

export interface NewSignIn {
  readonly user: User;
  /** The client that requested the sign-in; `undefined` for the account pages. */
  readonly clientId: string | undefined;
  readonly amr: readonly string[] | undefined;
  /** As read together with the credential. */
  readonly securityVersion: number;
}

export function createSessions(dependencies: SessionDependencies) {
  const { db, sessions, audit, notifications, devices, outbox, origin, invalidation, now } =
    dependencies;
  const { signIns, endedSessions } = dependencies;

  /** Columns of the session row that describe the sign-in. */
  function traceSignIn(
    { user, clientId, amr, securityVersion }: NewSignIn,
    sessionUid: string,
  ): SignInTrace {
    const from = origin.get();
    const { id: userId } = user;
    const actor: AuditActor = { kind: 'user', id: userId };
    return {
      securityVersion,
      address: from?.address,
      device: from?.device,
      audit: audit.record({
        event: 'sign_in.succeeded',
        actor,
        userId,
        clientId,
        sessionUid,
        details: { amr },
      }),
      signInDevice: devices.traceSignIn({ user, sessionUid, clientId }),
    };
  }

  return {
    /**
     * Saves a session, together with the sign-in that starts or renews it, if there is one. Returns
     * false when the session or the sign-in was revoked meanwhile; the caller must then refuse the
     * request.
     */
    async save(change: Omit<SessionChange, 'signIn'>, signIn?: NewSignIn): Promise<boolean> {
      const trace = signIn && traceSignIn(signIn, change.uid);
      const saved = await sessions.save({ ...change, signIn: trace }, now());
      if (saved && signIn) {
        signIns.add({ outcome: 'succeeded', method: firstMethodOf(signIn.amr ?? []) });
      }
      if (saved?.onNewDevice) outbox.announce();
      return saved !== undefined;
    },
    /**
     * Signs the user out. The session ends first; back-channel logouts never delay that.
     * @param clientId the client that requested the logout
     */
    async end(id: string, clientId?: string): Promise<void> {
      const at = now();
      const owner = await db.transaction(async (tx) => {
        const ended = await sessions.endById(id, at, tx);
        if (!ended?.userId) return undefined;
        const { uid: sessionUid, userId } = ended;
        await notifications.notifyClients([ended], tx);
        const actor: AuditActor = { kind: 'user', id: userId };
        const entry = { event: 'session.ended', actor, userId, clientId, sessionUid } as const;
        await sessions.endGrants(ended, at, audit.record(entry), tx);
        return userId;
      });
      if (owner === undefined) return;
      endedSessions.add({ cause: 'signed_out' });
      await invalidation.publish({ userId: owner });
    },
  };
}

export type Sessions = ReturnType<typeof createSessions>;
