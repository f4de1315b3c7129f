// `user remove-second-factor`: for a user who has lost both the device and the recovery codes. The
// password is unchanged.
import { AppError } from '#platform/errors.ts';
import type { Command } from '#cli/framework/command.ts';
import type { SecondFactor } from '#features/mfa/mfa.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { answerWithUser, findUser } from '#core/users/commands/format-user.ts';

interface Needs {
  readonly secondFactor: SecondFactor;
  readonly users: UserStore;
}

export const userRemoveSecondFactor: Command<Needs> = {
  name: 'user remove-second-factor',
  summary:
    'Remove the second factor of a user who has lost both the device and the recovery codes.',
  operand: 'EMAIL|ID',
  options: {
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Let the user sign in with the password alone; the identity of the user is verified',
    },
  },
  examples: ['user remove-second-factor ann@example.org --yes'],
  async run({ secondFactor, users }, { operand }) {
    const user = await findUser(users, operand);
    const removed = await secondFactor.remove(user.id, commandLineActor);
    if (!removed) throw new AppError('conflict', 'This user has no second factor.');
    return answerWithUser(
      user,
      'The user now signs in with the password alone and is notified by mail.',
    );
  },
};
