// user set-admin: gives a person the role that opens the operators' doors.
import type { DataCommand } from '../context.ts';
import { answerWithUser, findUser } from './presentation.ts';

export const userSetAdmin: DataCommand = {
  name: 'user set-admin',
  summary: 'Make a person an administrator.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ installation: { stores, services, now } }, { operand }) {
    const user = await findUser(stores.users, operand);
    const isNew = await stores.roles.grant(user.id, 'admin', now());
    services.standing.forget();
    return answerWithUser(
      await findUser(stores.users, user.id),
      isNew ? 'This person is an administrator now.' : 'This person was an administrator already.',
    );
  },
};
