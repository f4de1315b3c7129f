// user sessions: the browsers a person is signed in with.
import type { DataCommand } from '#cli/framework/context.ts';
import { answerWithSessions, collectSessions } from './format-session.ts';
import { findUser } from '#core/users/commands/format-user.ts';

/** Nobody has so many; a list of everything would still have an end. */
const mostSessions = 1000;

export const userSessions: DataCommand = {
  name: 'user sessions',
  summary: 'List the sessions of a person, the newest first.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ installation: { stores, services } }, { operand }) {
    const { id } = await findUser(stores.users, operand);
    return answerWithSessions(await collectSessions(services.sessionList, id, mostSessions));
  },
};
