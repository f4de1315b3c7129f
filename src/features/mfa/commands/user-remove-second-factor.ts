// user remove-second-factor: for somebody who has lost phone and paper. The password stays as it is.
import { AppError } from '#platform/errors.ts';
import type { DataCommand } from '#cli/framework/context.ts';
import { atTheCommandLine } from '#core/revocation/commands/format-receipt.ts';
import { answerWithUser, findUser } from '#core/users/commands/format-user.ts';

export const userRemoveSecondFactor: DataCommand = {
  name: 'user remove-second-factor',
  summary: 'Let a person sign in without a code, when phone and recovery codes are lost.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ installation: { stores, services } }, { operand }) {
    const user = await findUser(stores.users, operand);
    const removed = await services.secondFactor.remove(user.id, atTheCommandLine);
    if (!removed) throw new AppError('conflict', 'This person has no second factor.');
    return answerWithUser(user, 'The password alone signs this person in now. A mail tells them.');
  },
};
