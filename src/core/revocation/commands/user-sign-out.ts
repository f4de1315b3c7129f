// user sign-out: ends all sessions of a user, who may sign in again immediately.
import type { DataCommand } from '#cli/framework/context.ts';
import { answerWithReceipt, atTheCommandLine } from './format-receipt.ts';
import { findUser } from '#core/users/commands/format-user.ts';

export const userSignOut: DataCommand = {
  name: 'user sign-out',
  summary: 'End all sessions of a user and revoke their tokens.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ installation: { stores, services } }, { operand }) {
    const { id, email } = await findUser(stores.users, operand);
    const receipt = await services.blocking.endSessionsOf(id, atTheCommandLine);
    return answerWithReceipt(receipt, `${email} is signed out everywhere.`);
  },
};
