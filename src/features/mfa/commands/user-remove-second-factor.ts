// `user remove-second-factor`: for a user who has lost both the device and the recovery codes. The
// password is unchanged.
import { AppError } from '#platform/errors.ts';
import type { DataCommand } from '#cli/framework/context.ts';
import { atTheCommandLine } from '#core/revocation/commands/format-receipt.ts';
import { answerWithUser, findUser } from '#core/users/commands/format-user.ts';

export const userRemoveSecondFactor: DataCommand = {
  name: 'user remove-second-factor',
  summary: 'Remove the second factor of a user who has lost device and recovery codes.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ installation: { stores, services } }, { operand }) {
    const user = await findUser(stores.users, operand);
    const removed = await services.secondFactor.remove(user.id, atTheCommandLine);
    if (!removed) throw new AppError('conflict', 'This user has no second factor.');
    return answerWithUser(
      user,
      'The user now signs in with the password alone and is notified by mail.',
    );
  },
};
