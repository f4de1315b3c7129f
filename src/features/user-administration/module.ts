// Administration of accounts by operators: list, change, set the password, grant roles.
import type { Administration } from '#core/access-control/administration.service.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import type { Rank } from '#core/access-control/rank.service.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { RoleStore } from '#core/users/roles.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import type { PasswordCredentialStore } from '#features/passwords/password-credentials.store.ts';
import type { Registration } from '#features/registration/registration.service.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import type { SecondFactor } from '#features/mfa/mfa.service.ts';
import type { PasskeyStore } from '#features/passkeys/passkeys.store.ts';
import type { TrustedDevices } from '#features/trusted-devices/trusted-devices.service.ts';
import { createAccountCreation } from './account-creation.service.ts';
import { createCredentialAdministration } from './credential-administration.service.ts';
import { createPasswordAssignment } from './password-assignment.service.ts';
import type { Recovery } from '#features/recovery/password-reset.service.ts';
import { createRecoveryMail } from './recovery-mail.service.ts';
import { createRoleAdministration } from './role-administration.service.ts';
import { createUserSearchStore } from './user-search.store.ts';
import { createUserAdministrationStore } from './user-administration.store.ts';
import { createUserAdministration } from './user-administration.service.ts';

export const userAdministrationModule: Module = {
  name: 'user-administration',
  tables: [],
  mails: [],
};

export interface UserAdministrationDependencies extends Runtime {
  readonly administration: Administration;
  readonly rank: Rank;
  readonly approvals: Approvals;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly blocking: Blocking;
  readonly invalidation: Invalidation;
  readonly roles: RoleStore;
  readonly users: UserStore;
  readonly emailTokens: EmailTokens;
  readonly credentials: PasswordCredentialStore;
  readonly registration: Registration;
  readonly notifications: Notifications;
  readonly secondFactor: SecondFactor;
  readonly passkeyStore: PasskeyStore;
  readonly trustedDevices: TrustedDevices;
  readonly recovery: Recovery;
}

export function createUserAdministrationModule(dependencies: UserAdministrationDependencies) {
  const { administration, rank, audit, outbox, blocking, invalidation, roles, users } =
    dependencies;
  const { credentials, registration, emailTokens: proofs } = dependencies;
  const { config, db, now } = dependencies;
  const { issuer } = config;
  const accounts = createUserAdministrationStore(db);
  const { approvals } = dependencies;
  const roleAdministration = createRoleAdministration({
    administration,
    approvals,
    accounts,
    roles,
    now,
  });
  approvals.register('roles.grant-admin', ({ userId = '', scopes }, by) =>
    roleAdministration.grant(userId, 'admin', {
      actor: by,
      scopes: scopes === undefined ? 'all' : new Set(scopes),
    }),
  );
  return {
    userList: accounts,
    userSearch: createUserSearchStore(db),
    accountCreation: createAccountCreation({ db, registration }),
    recoveryMail: createRecoveryMail(dependencies),
    credentialAdministration: createCredentialAdministration(dependencies),
    userAdministration: createUserAdministration({
      db,
      rank,
      accounts,
      users,
      proofs,
      audit,
      invalidation,
      now,
    }),
    roleAdministration,
    passwordAssignment: createPasswordAssignment({
      registration,
      users,
      credentials,
      proofs,
      blocking,
      outbox,
      issuer,
    }),
  };
}
