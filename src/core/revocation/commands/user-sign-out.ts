// user sign-out: ends all sessions of a user and revokes their tokens; the user may sign in again
// immediately.
import type { Command } from '#cli/framework/command.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { answerWithReceipt, commandLineActor } from './format-receipt.ts';
import { findUser } from '#core/users/commands/format-user.ts';

interface Needs {
  readonly blocking: Blocking;
  readonly users: UserStore;
}

export const userSignOut: Command<Needs> = {
  name: 'user sign-out',
  summary: 'End all sessions of a user and revoke their tokens.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ blocking, users }, { operand }) {
    const { id, email } = await findUser(users, operand);
    const receipt = await blocking.endSessionsOf(id, commandLineActor);
    return answerWithReceipt(receipt, `${email} is signed out everywhere.`);
  },
};
