// Changes of roles, groups and organizations on behalf of an administrator. Each change proves in its
// own transaction that the administrator still has the right to it, so that limited administrators
// cannot raise themselves, each other or anyone else, and cannot touch those who have more rights.
import type { Knex } from 'knex';
import type { AuditActor, AuditEntry } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { ManagementScope } from '#core/clients/scopes.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { Database } from '#platform/database/postgres.ts';
import { AppError } from '#platform/errors.ts';
import type { AdministratorStore } from './administrators.store.ts';
import type { AssignmentStore } from './assignments.store.ts';
import type { RolePermissionStore } from './role-permissions.store.ts';
import { managementRights } from './role-permissions.ts';

export interface Administrator {
  readonly actor: AuditActor;
  /** The scopes of the access token; `all` on the command line, whose user owns the database. */
  readonly scopes: ReadonlySet<string> | 'all';
}

/** What a change concerns. The administrator must have every right that is involved. */
export interface Concern {
  /** Roles that are changed, assigned or withdrawn. */
  readonly roles?: readonly string[];
  /** Users whose assignments change: only an administrator with all of their rights may do that. */
  readonly users?: readonly string[];
  /** Scopes of the management API that are granted or withdrawn. */
  readonly scopes?: readonly string[];
}

export interface Change {
  readonly tx: Knex;
  /** @throws AppError `forbidden` if the administrator lacks a right that is involved */
  concerns(concern: Concern): Promise<void>;
  /** Writes an audit entry of the change. */
  record(entry: Omit<AuditEntry, 'actor'>): Promise<void>;
}

export interface AdministrationDependencies {
  readonly db: Database;
  readonly administrators: AdministratorStore;
  readonly assignments: AssignmentStore;
  readonly rolePermissions: RolePermissionStore;
  readonly audit: Audit;
  readonly invalidation: Invalidation;
  readonly now: () => Date;
}

export function createAdministration(dependencies: AdministrationDependencies) {
  const { db, administrators, audit, invalidation } = dependencies;
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
        const rights = await currentRights(dependencies, by, tx);
        if (!has(rights.usable, scope)) {
          throw new AppError('insufficient_scope', `This needs the scope ${scope}.`);
        }
        return work({
          tx,
          concerns: (concern) => requireRights(dependencies, { rights, concern, tx }),
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

interface Rights {
  /** Within the scopes of the token: a token never confers more than it contains. */
  readonly usable: ReadonlySet<string> | 'all';
  /** Of the user of the token. A client has no rank among users. */
  readonly own: ReadonlySet<string> | 'all';
}

const none: Rights = { usable: new Set(), own: new Set() };

/** The rights that the administrator has at this moment. */
async function currentRights(
  { administrators, assignments, rolePermissions, now }: AdministrationDependencies,
  { actor, scopes }: Administrator,
  tx: Knex,
): Promise<Rights> {
  if (scopes === 'all') return { usable: 'all', own: 'all' };
  if (!(await administrators.isActive(actor, now(), tx))) return none;
  if (actor.kind !== 'user') return { usable: scopes, own: 'all' };
  const { roles } = await assignments.find(actor.id ?? '', tx);
  const own: ReadonlySet<string> = managementRights(await rolePermissions.list(tx), roles);
  return { usable: new Set([...scopes].filter((scope) => own.has(scope))), own };
}

async function requireRights(
  { assignments, rolePermissions }: AdministrationDependencies,
  {
    rights,
    concern,
    tx,
  }: { readonly rights: Rights; readonly concern: Concern; readonly tx: Knex },
): Promise<void> {
  if (rights.usable === 'all') return;
  const { roles = [], users = [], scopes = [] } = concern;
  const permissions = await rolePermissions.list(tx);
  const conferred = [...scopes, ...managementRights(permissions, roles)];
  if (!conferred.every((scope) => has(rights.usable, scope))) throw forbidden();
  for (const userId of users) {
    const assigned = await assignments.find(userId, tx);
    const held = [...managementRights(permissions, assigned.roles)];
    if (!held.every((scope) => has(rights.own, scope))) throw forbidden();
  }
}

function has(rights: ReadonlySet<string> | 'all', scope: string): boolean {
  return rights === 'all' || rights.has(scope);
}

function forbidden(): AppError {
  return new AppError('forbidden', 'This involves rights that you do not have yourself.');
}
