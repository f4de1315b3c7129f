// Grants and withdraws roles. A role that is withdrawn no longer applies to tokens that were issued
// before (oidc/tokens/management-tokens.ts).
import type { AuditActor } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { RoleStore } from '#core/users/roles.store.ts';
import type { Role } from '#core/users/users.ts';
import type { Database } from '#platform/database/postgres.ts';
import { AppError } from '#platform/errors.ts';
import type { UserAdministrationStore } from './user-administration.store.ts';

export interface RoleAdministrationDependencies {
  readonly db: Database;
  readonly accounts: UserAdministrationStore;
  readonly roles: RoleStore;
  readonly audit: Audit;
  readonly invalidation: Invalidation;
  readonly now: () => Date;
}

export function createRoleAdministration(dependencies: RoleAdministrationDependencies) {
  const { db, accounts, roles, audit, invalidation, now } = dependencies;

  async function change(kind: 'grant' | 'withdraw', userId: string, role: Role, by: AuditActor) {
    const isChanged = await db.transaction(async (tx) => {
      // The account may have been deleted since it was found.
      if (!(await accounts.hold(userId, tx))) {
        throw new AppError('user_not_found', 'The account no longer exists.');
      }
      const changed =
        kind === 'grant'
          ? await roles.grant(userId, role, now(), tx)
          : await roles.withdraw(userId, role, tx);
      const event = kind === 'grant' ? 'role.granted' : 'role.removed';
      if (changed) await audit.append({ event, actor: by, userId, details: { role } }, tx);
      return changed;
    });
    await invalidation.publish({ userId });
    return isChanged;
  }

  return {
    /** Returns false when the user already had the role. */
    grant: (userId: string, role: Role, by: AuditActor) => change('grant', userId, role, by),
    /** Returns false when the user did not have the role. */
    withdraw: (userId: string, role: Role, by: AuditActor) => change('withdraw', userId, role, by),
    countOf: (role: Role) => roles.countOf(role),
  };
}

export type RoleAdministration = ReturnType<typeof createRoleAdministration>;
