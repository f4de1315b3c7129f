// Removes a sign-in method that a user has lost.
import type { UserStore } from '#core/users/users.store.ts';
import { AppError } from '#platform/errors.ts';
import type { Identities } from '#features/federation/identities.service.ts';
import type { CredentialAdministration } from '#features/user-administration/credential-administration.service.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { addUserAction, backToUser, type UserAction } from './user-actions.pages.ts';

export interface UserCredentialDependencies {
  readonly users: UserStore;
  readonly credentialAdministration: CredentialAdministration;
  readonly identities: Identities;
}

export function addUserCredentials(panel: Panel, dependencies: UserCredentialDependencies): void {
  const actions = [
    removeSecondFactor(dependencies),
    removePasskey(dependencies),
    unlink(dependencies),
  ];
  for (const action of actions) addUserAction(panel, dependencies.users, action);
}

function removePasskey({ credentialAdministration }: UserCredentialDependencies): UserAction {
  return {
    name: 'passkeys/:passkeyId',
    title: ({ email }) => `Remove the passkey of ${email}?`,
    lead: 'It no longer signs the user in, even if it is the only sign-in method. The user is notified by email.',
    submit: 'Remove passkey',
    isDangerous: true,
    async act(user, { ctx, visit }) {
      const id = String(ctx.params['passkeyId']);
      const removed = await credentialAdministration.removePasskey(user.id, id, visit.actor);
      if (!removed) throw new AppError('not_found', 'Passkey not found.');
      return backToUser(user, 'factor-removed');
    },
  };
}

function removeSecondFactor({ credentialAdministration }: UserCredentialDependencies): UserAction {
  return {
    name: 'second-factor',
    title: ({ email }) => `Remove the second factor of ${email}?`,
    lead: 'The authenticator app and the recovery codes no longer work. The user is notified by email.',
    submit: 'Remove second factor',
    isDangerous: true,
    async act(user, { visit }) {
      const removed = await credentialAdministration.removeSecondFactor(user.id, visit.actor);
      if (!removed) throw new AppError('conflict', 'This user has no second factor.');
      return backToUser(user, 'factor-removed');
    },
  };
}

function unlink({ identities }: UserCredentialDependencies): UserAction {
  return {
    name: 'identities/:identityId',
    title: ({ email }) => `Remove the linked account of ${email}?`,
    lead: 'The user can no longer sign in with it, even if it is the only sign-in method.',
    submit: 'Remove linked account',
    isDangerous: true,
    async act(user, { ctx, visit }) {
      const id = String(ctx.params['identityId']);
      const removed = await identities.remove(user.id, id, visit.actor);
      if (!removed) throw new AppError('not_found', 'Linked account not found.');
      return backToUser(user, 'unlinked');
    },
  };
}
