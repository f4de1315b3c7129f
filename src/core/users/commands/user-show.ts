// user show: prints a user.
import type { Command } from '#cli/framework/command.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { answerWithUser, findUser } from './format-user.ts';

interface Needs {
  readonly users: UserStore;
}

export const userShow: Command<Needs> = {
  name: 'user show',
  summary: 'Show a user.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ users }, { operand }) {
    return answerWithUser(await findUser(users, operand));
  },
};
