// user remove-password and user remove-passkey: remove a credential of a user, who is notified by mail.
import type { Command } from '#cli/framework/command.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { answerWithUser, findUser } from '#core/users/commands/format-user.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { CredentialAdministration } from '#features/user-administration/credential-administration.service.ts';
import { AppError } from '#platform/errors.ts';

interface Needs {
  readonly credentialAdministration: CredentialAdministration;
  readonly users: UserStore;
}

export const userRemovePassword: Command<Needs> = {
  name: 'user remove-password',
  summary: 'Remove the password of a user, who can set another one with the recovery mail.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ credentialAdministration, users }, { operand }) {
    const user = await findUser(users, operand);
    if (await credentialAdministration.removePassword(user.id, commandLineActor)) {
      return answerWithUser(user, 'The user has no password any more and is notified by mail.');
    }
    throw new AppError('conflict', 'This user has no password.');
  },
};

export const userRemovePasskey: Command<Needs> = {
  name: 'user remove-passkey',
  summary: 'Remove a passkey of a user, for example of a lost device.',
  operand: 'EMAIL|ID',
  options: {
    passkey: { value: 'ID', isRequired: true, meaning: 'As "user credentials" shows it' },
  },
  examples: ['user remove-passkey ann@example.org --passkey mX4W1v6sK9tQyB3nC5dE7g'],
  async run({ credentialAdministration, users }, args) {
    const user = await findUser(users, args.operand);
    const id = args.required('passkey');
    if (await credentialAdministration.removePasskey(user.id, id, commandLineActor)) {
      return answerWithUser(user, 'The passkey is removed, and the user is notified by mail.');
    }
    throw new AppError('not_found', 'This user has no such passkey.');
  },
};
