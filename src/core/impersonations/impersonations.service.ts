// Starts and ends impersonations. An impersonation is refused as soon as one of its conditions no longer
// holds: every statement that reads a session checks them (live-session.store.ts). This service only records
// the end.
import type { Knex } from 'knex';
import type { AdministratorStore } from '#core/access-control/administrators.store.ts';
import { systemActor, type AuditActor } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import { randomToken, sha256 } from '#platform/crypto/hashing.ts';
import { timeOrderedUuid } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/database/postgres.ts';
import { AppError, isAppError } from '#platform/errors.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import type { PageRequest } from '#platform/paging.ts';
import { impersonatedMail } from './impersonation-mail-templates.ts';
import type { EndReason, Impersonation } from './impersonations.ts';
import type { ImpersonationStore, NewSession } from './impersonations.store.ts';

export interface ImpersonationDependencies {
  readonly db: Database;
  readonly config: { readonly impersonationMinutes: number };
  readonly administrators: Pick<AdministratorStore, 'lockChanges'>;
  readonly impersonationStore: ImpersonationStore;
  readonly audit: Audit;
  readonly notifications: Notifications;
  readonly blocking: Pick<Blocking, 'endSession'>;
  readonly invalidation: Invalidation;
  readonly requestOrigin: RequestOriginSlot;
  readonly now: () => Date;
}

export interface ImpersonationOrder {
  readonly administratorId: string;
  /** The browser session of the administrator, with which the impersonation ends. */
  readonly administratorSessionUid: string;
  readonly userId: string;
  readonly reason: string;
  /** The device cookie of the browser. */
  readonly device: string;
}

export interface StartedImpersonation extends Impersonation {
  /** The cookie value of its session. */
  readonly sessionId: string;
}

export interface End {
  readonly by: AuditActor;
  readonly because: EndReason;
}

export function createImpersonations(dependencies: ImpersonationDependencies) {
  const { config, impersonationStore, now } = dependencies;
  const endOne = (id: string, how: End) => endImpersonation(dependencies, id, how);

  return {
    isEnabled: config.impersonationMinutes > 0,
    minutes: config.impersonationMinutes,
    /**
     * The user is told by mail, in the same transaction.
     * @throws AppError `forbidden` if either user is not active, the administrator lacks the right, or
     *   the user has any right in the management API
     */
    start: (order: ImpersonationOrder) => start(dependencies, order),
    /** Live impersonations, most recent first. */
    list: (page: PageRequest) => impersonationStore.list(page, now()),
    /** @throws AppError `not_found` if there is none, or it has ended */
    async end(id: string, by: AuditActor): Promise<Impersonation> {
      const ended = await endOne(id, { by, because: 'ended' });
      if (ended) return ended;
      throw new AppError('not_found', 'Impersonation not found, or it has ended.');
    },
    /** The live impersonation of a browser, if there is one. */
    findActive: (id: string, device: string) =>
      impersonationStore.findActive(id, sha256(device), now()),
    find: (id: string) => impersonationStore.find(id),
    /** Records the end of impersonations that are no longer live. @returns their number */
    async settle(): Promise<number> {
      const dead = await impersonationStore.findDead(now());
      for (const { id, because } of dead) await endOne(id, { by: systemActor, because });
      return dead.length;
    },
  };
}

export type Impersonations = ReturnType<typeof createImpersonations>;

async function start(
  dependencies: ImpersonationDependencies,
  order: ImpersonationOrder,
): Promise<StartedImpersonation> {
  const { db, administrators, impersonationStore, invalidation } = dependencies;
  const { device, ...who } = order;
  const each = plan(dependencies, who);
  const session = newSession(dependencies, device);
  const replaced = await db.transaction(async (tx) => {
    // A concurrent change of roles or another start either waits for the commit or has committed and is seen
    // here.
    await administrators.lockChanges(tx);
    await impersonationStore.lockUsers([each.administratorId, each.userId], tx);
    const earlier = await endEarlier(dependencies, each.administratorId, tx);
    if (!(await impersonationStore.start(each, session, tx))) throw refused();
    await recordStart(dependencies, each, tx);
    return earlier;
  });
  const by = { kind: 'user', id: each.administratorId } as const;
  for (const earlier of replaced) await revokeSession(dependencies, earlier, by);
  await invalidation.publish({ userId: each.userId });
  return { ...each, sessionId: session.id };
}

function plan(
  { config, now }: ImpersonationDependencies,
  who: Omit<ImpersonationOrder, 'device'>,
): Impersonation {
  if (config.impersonationMinutes <= 0 || who.userId === who.administratorId) throw refused();
  const startedAt = now();
  const endsAt = new Date(startedAt.getTime() + config.impersonationMinutes * 60_000);
  return {
    ...who,
    id: timeOrderedUuid(startedAt),
    sessionUid: randomToken(16),
    startedAt,
    endsAt,
  };
}

function newSession({ requestOrigin }: ImpersonationDependencies, device: string): NewSession {
  const origin = requestOrigin.get();
  return {
    id: randomToken(),
    deviceId: sha256(device),
    address: origin?.address,
    device: origin?.device,
  };
}

async function recordStart(
  { audit, notifications }: ImpersonationDependencies,
  { id, administratorId, userId, sessionUid, reason, startedAt, endsAt }: Impersonation,
  tx: Knex,
): Promise<void> {
  const actor = { kind: 'user', id: administratorId } as const;
  const details = { impersonationId: id, reason, until: endsAt.toISOString() };
  await audit.append({ event: 'impersonation.started', actor, userId, sessionUid, details }, tx);
  const mail = impersonatedMail({ at: startedAt.toISOString(), until: endsAt.toISOString() });
  await notifications.notifyUser(userId, mail, tx);
}

/** An administrator can be signed in as only one user at a time. */
async function endEarlier(
  dependencies: ImpersonationDependencies,
  administratorId: string,
  tx: Knex,
): Promise<readonly Impersonation[]> {
  const by = { kind: 'user', id: administratorId } as const;
  const earlier: Impersonation[] = [];
  for (const id of await dependencies.impersonationStore.openOf(administratorId, tx)) {
    const ended = await recordEnd(dependencies, id, { by, because: 'replaced' }, tx);
    if (ended) earlier.push(ended);
  }
  return earlier;
}

/** The session is refused from the first commit on; the second one revokes what was issued in it. */
async function endImpersonation(
  dependencies: ImpersonationDependencies,
  id: string,
  how: End,
): Promise<Impersonation | undefined> {
  const ended = await dependencies.db.transaction((tx) => recordEnd(dependencies, id, how, tx));
  if (ended) await revokeSession(dependencies, ended, how.by);
  return ended;
}

/** `undefined` if it had ended before. */
async function recordEnd(
  { impersonationStore, audit, now }: ImpersonationDependencies,
  id: string,
  { by, because }: End,
  tx: Knex,
): Promise<Impersonation | undefined> {
  const each = await impersonationStore.end(id, because, now(), tx);
  if (!each) return undefined;
  const { administratorId: administrator, userId, sessionUid, reason } = each;
  const details = { impersonationId: id, administrator, reason, because };
  await audit.append({ event: 'impersonation.ended', actor: by, userId, sessionUid, details }, tx);
  return each;
}

async function revokeSession(
  { blocking, invalidation }: ImpersonationDependencies,
  { sessionUid, userId }: Impersonation,
  by: AuditActor,
): Promise<void> {
  try {
    await blocking.endSession(sessionUid, by);
  } catch (error) {
    // It had already ended, which revoked the same.
    if (!isAppError(error, 'not_found')) throw error;
  }
  await invalidation.publish({ userId });
}

function refused(): AppError {
  const message =
    'You cannot sign in as this user. It is not possible for administrators, for blocked users, or without the right to it.';
  return new AppError('forbidden', message);
}
