// The one rule of rank: an administrator, be it a user or a client, acts on a user or a client only if
// it has every right in the management API that the user or client has, and confers no right that it
// lacks (decision 0027). Every write proves this in its own transaction, because the rights of either
// one may have changed since the request was authorized.
import type { Knex } from 'knex';
import type { AuditActor } from '#core/audit/audit.ts';
import type { Database } from '#platform/database/postgres.ts';
import { AppError } from '#platform/errors.ts';
import type { AdministratorStore } from './administrators.store.ts';
import type { AssignmentStore } from './assignments.store.ts';
import { managementRights, rightsOfScope } from './role-permissions.ts';
import type { RolePermissionStore } from './role-permissions.store.ts';

export interface RankDependencies {
  readonly db: Database;
  readonly administrators: AdministratorStore;
  readonly assignments: AssignmentStore;
  readonly rolePermissions: RolePermissionStore;
  readonly now: () => Date;
}

/** The target of an act. A target that does not exist has no rights; the act itself reports that. */
export interface Target {
  readonly userId?: string | undefined;
  readonly sessionUid?: string | undefined;
  readonly grantId?: string | undefined;
  readonly clientId?: string | undefined;
  /** Rights that the act confers, in the form of a registered `scope`, for example that of a new client. */
  readonly conferredScope?: unknown;
}

/** The current rights of an administrator; `all` without an access token. */
export type Rights = ReadonlySet<string> | 'all';

export function createRank(dependencies: RankDependencies) {
  const { db, administrators } = dependencies;
  return {
    /**
     * Must be the first statement of the transaction that writes: the rights then cannot change until it
     * ends.
     * @throws AppError `insufficient_scope` or `forbidden`
     */
    async prove(by: AuditActor, target: Target, tx: Knex): Promise<void> {
      if (by.authority !== undefined) {
        await administrators.lockRights(tx);
        const ownerId = await ownerOf(dependencies, target, tx);
        const rights = await lockInOrder(dependencies, { by, ownerId, target, tx });
        await requireRank(dependencies, { rights, by, target, ownerId, tx, isLocked: true });
      }
      await by.claim?.(tx);
    },
    /** Refuses early what `prove` would refuse later. @throws AppError like `prove` */
    async check(by: AuditActor, target: Target): Promise<void> {
      const { scopes: rights } = by.authority ?? {};
      if (rights === undefined) return;
      const { knex: tx } = db;
      const ownerId = await ownerOf(dependencies, target, tx);
      await requireRank(dependencies, { rights, by, target, ownerId, tx, isLocked: false });
    },
    /** The current rights of the actor, for a transaction that holds the lock on rights. */
    rightsOf: (by: AuditActor, tx: Knex) => currentRights(dependencies, by, tx),
  };
}

export type Rank = ReturnType<typeof createRank>;

/** @throws AppError `forbidden` unless the rights include all of the others */
export function requireIncluded(rights: Rights, others: Iterable<string>): void {
  if (rights === 'all' || [...others].every((right) => rights.has(right))) return;
  throw new AppError('forbidden', 'This involves rights that you do not have yourself.');
}

/** A token never confers more than it contains, and no more than its user or client has now. */
async function currentRights(
  { administrators, assignments, rolePermissions, now }: RankDependencies,
  { kind, id = '', authority }: AuditActor,
  tx: Knex,
): Promise<Rights> {
  if (authority === undefined) return 'all';
  const within = (rights: Iterable<string>) =>
    new Set([...rights].filter((right) => authority.scopes.has(right)));
  if (kind === 'client') {
    return within(rightsOfScope(await administrators.scopeOfActiveClient(id, tx)));
  }
  if (kind !== 'user' || !(await administrators.isActiveUser(id, now(), tx))) return new Set();
  const { roles } = await assignments.find(id, tx);
  return within(managementRights(await rolePermissions.list(tx), roles));
}

interface Proof {
  readonly by: AuditActor;
  readonly target: Target;
  /** The user whom the act concerns. */
  readonly ownerId: string | undefined;
  readonly tx: Knex;
}

/**
 * Locks the administrator, the target and an approver: users before clients, each in the order of ids, so
 * that administrators who act on each other at the same time wait without a deadlock. Returns the rights.
 */
async function lockInOrder(dependencies: RankDependencies, proof: Proof): Promise<Rights> {
  const { administrators, now } = dependencies;
  const { by, ownerId, tx } = proof;
  const { clientId } = proof.target;
  const found: { rights?: Rights } = {};
  const steps = [
    // If administrators act on themselves, the lock of the target comes first: it is the stronger one.
    {
      place: placeOf(ownerId, clientId),
      async lock() {
        if (ownerId !== undefined) await administrators.lockUser(ownerId, tx);
        else if (clientId !== undefined) await administrators.scopeOfClient(clientId, tx, true);
      },
    },
    {
      place: by.kind === 'user' ? placeOf(by.id) : placeOf(undefined, by.id),
      async lock() {
        found.rights = await currentRights(dependencies, by, tx);
      },
    },
    {
      place: placeOf(by.approverId),
      async lock() {
        if (by.approverId) await administrators.isActiveUser(by.approverId, now(), tx);
      },
    },
  ];
  for (const { lock } of steps.toSorted((a, b) => compare(a.place, b.place))) await lock();
  return found.rights ?? new Set();
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The position in the order of locks. */
function placeOf(userId: string | undefined, clientId?: string): string {
  return userId === undefined ? `2 ${clientId ?? ''}` : `1 ${userId}`;
}

interface Comparison extends Proof {
  readonly rights: Rights;
  readonly isLocked: boolean;
}

async function requireRank(
  dependencies: RankDependencies,
  { rights, by, target, ownerId, tx, isLocked }: Comparison,
): Promise<void> {
  const missing = by.authority?.needed.filter((scope) => rights !== 'all' && !rights.has(scope));
  if (missing !== undefined && missing.length > 0) {
    throw new AppError('insufficient_scope', `This needs the scope ${missing.join(' ')}.`);
  }
  if (ownerId !== undefined) {
    requireIncluded(rights, await rightsOfUser(dependencies, ownerId, tx));
  }
  const { clientId, conferredScope } = target;
  requireIncluded(rights, rightsOfScope(conferredScope));
  if (clientId === undefined || ownerId !== undefined) return;
  const registered = await dependencies.administrators.scopeOfClient(clientId, tx, isLocked);
  requireIncluded(rights, rightsOfScope(registered));
}

/** The rights of a user, from the user's own roles and those of groups. */
export async function rightsOfUser(
  { assignments, rolePermissions }: Pick<RankDependencies, 'assignments' | 'rolePermissions'>,
  userId: string,
  tx: Knex,
): Promise<ReadonlySet<string>> {
  const { roles } = await assignments.find(userId, tx);
  return roles.length === 0 ? new Set() : managementRights(await rolePermissions.list(tx), roles);
}

async function ownerOf(
  { administrators }: RankDependencies,
  { userId, sessionUid, grantId }: Target,
  tx: Knex,
): Promise<string | undefined> {
  if (userId !== undefined) return userId;
  if (sessionUid !== undefined) return administrators.ownerOfSession(sessionUid, tx);
  return grantId === undefined ? undefined : administrators.ownerOfGrant(grantId, tx);
}
