// Browser sessions: writing down a sign-in with the session it starts, and ending one with
// everything that hangs on it: the audit, and the apps that want to be told.
import type { AuditActor } from '#core/audit/audit.ts';
import type { User } from '#core/users/users.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import type { SessionChange, SessionStore, SignInTrace } from './sessions.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Devices } from '#features/unrecognized-devices/user-devices.service.ts';
import type { Changes } from '#core/subject-status/invalidation.service.ts';
import type { Notices } from '#core/outbox/notifications.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';

export interface SessionDependencies {
  readonly db: Database;
  readonly sessions: SessionStore;
  readonly audit: Audit;
  readonly notices: Notices;
  readonly devices: Devices;
  readonly outbox: Outbox;
  readonly origin: RequestOriginSlot;
  readonly changes: Changes;
  readonly now: () => Date;
}

export interface NewSignIn {
  readonly user: User;
  /** The app that asked for it; `undefined`: one of our own pages. */
  readonly clientId: string | undefined;
  readonly amr: readonly string[] | undefined;
  /** As read together with the credential. */
  readonly securityVersion: number;
}

export function createSessions(dependencies: SessionDependencies) {
  const { db, sessions, audit, notices, devices, outbox, origin, changes, now } = dependencies;

  /** What the session's row says of the sign-in that starts or renews it. */
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
      deviceTrace: devices.traceSignIn({ user, sessionUid, clientId }),
    };
  }

  return {
    /**
     * Together with the sign-in that it starts or renews, if there was one. False: the session or the
     * sign-in was ended meanwhile, and the request that relies on it has to be refused.
     */
    async save(change: Omit<SessionChange, 'signIn'>, signIn?: NewSignIn): Promise<boolean> {
      const trace = signIn && traceSignIn(signIn, change.uid);
      const saved = await sessions.save({ ...change, signIn: trace }, now());
      if (saved?.onNewDevice) outbox.announce();
      return saved !== undefined;
    },
    /**
     * The person signs out. The session is over first; telling the apps never delays it.
     * @param clientId the app that asked for it
     */
    async end(id: string, clientId?: string): Promise<void> {
      const at = now();
      const owner = await db.transaction(async (tx) => {
        const ended = await sessions.endById(id, at, tx);
        if (!ended?.userId) return undefined;
        const { uid: sessionUid, userId } = ended;
        await notices.tellApps([ended], tx);
        const actor: AuditActor = { kind: 'user', id: userId };
        const entry = { event: 'session.ended', actor, userId, clientId, sessionUid } as const;
        await sessions.endGrants(ended, at, audit.record(entry), tx);
        return userId;
      });
      if (owner) await changes.announce({ userId: owner });
    },
  };
}

export type Sessions = ReturnType<typeof createSessions>;
