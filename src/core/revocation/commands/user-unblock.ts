// user unblock: removes a block. Sessions and tokens from before the block stay revoked.
import type { Command } from '#cli/framework/command.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { answerWithReceipt, commandLineActor } from './format-receipt.ts';
import { findUser } from '#core/users/commands/format-user.ts';

interface Needs {
  readonly blocking: Blocking;
  readonly users: UserStore;
}

export const userUnblock: Command<Needs> = {
  name: 'user unblock',
  summary: 'Let a blocked user sign in again.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ blocking, users }, { operand }) {
    const { id, email } = await findUser(users, operand);
    const receipt = await blocking.unblockUser(id, commandLineActor);
    return answerWithReceipt(receipt, `${email} may sign in again.`);
  },
};
