// Changes of roles, groups and organizations on behalf of an administrator. Each change proves in its own
// transaction that the administrator still has the right to make it, so that limited administrators cannot
// give rights that they lack to themselves or others, and cannot change users who have more rights.
import type { Knex } from 'knex';
import type { AuditActor, AuditEntry } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { ManagementScope } from '#core/clients/scopes.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { Database } from '#platform/database/postgres.ts';
import { AppError } from '#platform/errors.ts';
import type { AdministratorStore } from './administrators.store.ts';
import { requireIncluded, rightsOfUser, type Rank, type Rights } from './rank.service.ts';
import type { AssignmentStore } from './assignments.store.ts';
import type { RolePermissionStore } from './role-permissions.store.ts';
import { managementRights, rightsOfScope } from './role-permissions.ts';

export interface Administrator {
  readonly actor: AuditActor;
  /** The scopes of the access token; `all` on the command line, whose user controls the database. */
  readonly scopes: ReadonlySet<string> | 'all';
}

/** What a change concerns. The administrator must have every right that is involved. */
export interface Concern {
  /** Roles that are changed, assigned or withdrawn. */
  readonly roles?: readonly string[];
  /** Users whose assignments change: the administrator needs all of their rights. */
  readonly users?: readonly string[];
  /** The client that is changed. */
  readonly clientId?: string;
  /** Scopes of the management API that the change grants or withdraws. */
  readonly scopes?: readonly string[];
}

export interface Change {
  readonly tx: Knex;
  /** @throws AppError `forbidden` if the administrator lacks a right that is involved */
  concerns(concern: Concern): Promise<void>;
  /** Writes an audit entry about the change. */
  record(entry: Omit<AuditEntry, 'actor'>): Promise<void>;
}

export interface AdministrationDependencies {
  readonly db: Database;
  readonly administrators: AdministratorStore;
  readonly rank: Rank;
  readonly assignments: AssignmentStore;
  readonly rolePermissions: RolePermissionStore;
  readonly audit: Audit;
  readonly invalidation: Invalidation;
  readonly now: () => Date;
}

export function createAdministration(dependencies: AdministrationDependencies) {
  const { db, administrators, rank, audit, invalidation, now } = dependencies;
  return {
    /**
     * Runs a change in one transaction and then invalidates what the nodes have cached.
     * @param userId the only user whose assignments change, if there is one
     * @throws AppError `insufficient_scope` if the administrator no longer has the scope
     */
    async change<Result>(
      { by, scope, userId }: Requested,
      work: (change: Change) => Promise<Result>,
    ): Promise<Result> {
      const result = await db.transaction(async (tx) => {
        await administrators.lockChanges(tx);
        const rights = await rank.rightsOf(actorOf(by, scope), tx);
        if (rights !== 'all' && !rights.has(scope)) {
          throw new AppError('insufficient_scope', `This needs the scope ${scope}.`);
        }
        await by.actor.claim?.(tx);
        return work({
          tx,
          async concerns(concern) {
            await requireRights(dependencies, { rights, concern, tx });
            // A link issued before there was an administrator must not make another one later.
            if (concern.roles?.includes('admin')) await administrators.endSetupLinks(now(), tx);
          },
          async record(entry) {
            await audit.append({ ...entry, actor: by.actor }, tx);
          },
        });
      });
      await invalidation.publish(userId === undefined ? {} : { userId });
      return result;
    },
  };
}

export interface Requested {
  readonly by: Administrator;
  readonly scope: ManagementScope;
  readonly userId?: string | undefined;
}

export type Administration = ReturnType<typeof createAdministration>;

function actorOf({ actor, scopes }: Administrator, scope: ManagementScope): AuditActor {
  return scopes === 'all' ? actor : { ...actor, authority: { scopes, needed: [scope] } };
}

async function requireRights(
  { administrators, assignments, rolePermissions }: AdministrationDependencies,
  {
    rights,
    concern,
    tx,
  }: { readonly rights: Rights; readonly concern: Concern; readonly tx: Knex },
): Promise<void> {
  if (rights === 'all') return;
  const { roles = [], users = [], clientId, scopes = [] } = concern;
  const permissions = await rolePermissions.list(tx);
  requireIncluded(rights, [...scopes, ...managementRights(permissions, roles)]);
  for (const userId of users) {
    const held = await rightsOfUser({ assignments, rolePermissions }, userId, tx);
    requireIncluded(rights, held);
  }
  if (clientId === undefined) return;
  const registered = await administrators.scopeOfClient(clientId, tx, true);
  requireIncluded(rights, rightsOfScope(registered));
}
