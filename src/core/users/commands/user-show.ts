// user show: prints a user.
import type { DataCommand } from '#cli/framework/context.ts';
import { answerWithUser, findUser } from './format-user.ts';

export const userShow: DataCommand = {
  name: 'user show',
  summary: 'Show a user.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ installation }, { operand }) {
    return answerWithUser(await findUser(installation.stores.users, operand));
  },
};
