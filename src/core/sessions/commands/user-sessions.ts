// user sessions: lists the browsers in which a user is signed in.
import type { DataCommand } from '#cli/framework/context.ts';
import { answerWithSessions, collectSessions } from './format-session.ts';
import { findUser } from '#core/users/commands/format-user.ts';

/** A limit that no user reaches in practice, so that the output is bounded. */
const mostSessions = 1000;

export const userSessions: DataCommand = {
  name: 'user sessions',
  summary: 'List the sessions of a user, most recent first.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ installation: { stores, services } }, { operand }) {
    const { id } = await findUser(stores.users, operand);
    return answerWithSessions(await collectSessions(services.sessionList, id, mostSessions));
  },
};
