// Assigns roles to users and withdraws them. A role that is withdrawn no longer applies to tokens that
// were issued before.
import type {
  Administration,
  Administrator,
  Change,
} from '#core/access-control/administration.service.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import type { RoleStore } from '#core/users/roles.store.ts';
import type { Role } from '#core/users/users.ts';
import { AppError } from '#platform/errors.ts';
import type { UserAdministrationStore } from './user-administration.store.ts';

export interface RoleAdministrationDependencies {
  readonly administration: Administration;
  readonly approvals: Approvals;
  readonly accounts: UserAdministrationStore;
  readonly roles: RoleStore;
  readonly now: () => Date;
}

type Kind = 'grant' | 'withdraw';

export function createRoleAdministration(dependencies: RoleAdministrationDependencies) {
  const { administration, approvals, roles } = dependencies;

  function change(kind: Kind, userId: string, role: Role, by: Administrator): Promise<boolean> {
    return administration.change({ by, scope: 'roles:write', userId }, (started) =>
      changeRole(dependencies, started, { kind, userId, role }),
    );
  }

  return {
    /**
     * Returns false when the user already had the role.
     * @throws AppError `user_not_found`, `not_found` for an unknown role; ApprovalPending
     */
    async grant(userId: string, role: Role, by: Administrator): Promise<boolean> {
      if (role === 'admin') {
        await approvals.require({ act: 'roles.grant-admin', userId, by: by.actor });
      }
      return change('grant', userId, role, by);
    },
    /** Returns false when the user did not have the role. */
    withdraw: (userId: string, role: Role, by: Administrator) =>
      change('withdraw', userId, role, by),
    countOf: (role: Role) => roles.countOf(role),
  };
}

export type RoleAdministration = ReturnType<typeof createRoleAdministration>;

async function changeRole(
  { accounts, roles, now }: RoleAdministrationDependencies,
  { tx, concerns, record }: Change,
  { kind, userId, role }: { readonly kind: Kind; readonly userId: string; readonly role: Role },
): Promise<boolean> {
  // The account may have been deleted since it was found.
  if (!(await accounts.hold(userId, tx))) {
    throw new AppError('user_not_found', 'The account no longer exists.');
  }
  if (!(await roles.exists(role, tx))) {
    throw new AppError('not_found', 'Role not found.');
  }
  await concerns({ roles: [role], users: [userId] });
  const changed =
    kind === 'grant'
      ? await roles.grant(userId, role, now(), tx)
      : await roles.withdraw(userId, role, tx);
  const event = kind === 'grant' ? 'role.granted' : 'role.removed';
  if (changed) await record({ event, userId, details: { role } });
  return changed;
}
