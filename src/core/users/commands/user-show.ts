// user show: what is known about a person.
import type { DataCommand } from '#cli/framework/context.ts';
import { answerWithUser, findUser } from './format-user.ts';

export const userShow: DataCommand = {
  name: 'user show',
  summary: 'Show an account.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ installation }, { operand }) {
    return answerWithUser(await findUser(installation.stores.users, operand));
  },
};
