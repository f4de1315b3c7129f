// user unblock: removes a block. Sessions and tokens from before the block stay revoked.
import type { DataCommand } from '#cli/framework/context.ts';
import { answerWithReceipt, atTheCommandLine } from './format-receipt.ts';
import { findUser } from '#core/users/commands/format-user.ts';

export const userUnblock: DataCommand = {
  name: 'user unblock',
  summary: 'Let a blocked user sign in again.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ installation: { stores, services } }, { operand }) {
    const { id, email } = await findUser(stores.users, operand);
    const receipt = await services.blocking.unblockUser(id, atTheCommandLine);
    return answerWithReceipt(receipt, `${email} may sign in again.`);
  },
};
