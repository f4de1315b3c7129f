// user sessions: lists the browsers in which a user is signed in.
import type { Command } from '#cli/framework/command.ts';
import type { SessionList } from '#core/sessions/session-list.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { answerWithSessions, collectSessions } from './format-session.ts';
import { findUser } from '#core/users/commands/format-user.ts';

/** A limit that no user reaches in practice, so that the output is bounded. */
const maxSessions = 1000;

interface Needs {
  readonly sessionList: SessionList;
  readonly users: UserStore;
}

export const userSessions: Command<Needs> = {
  name: 'user sessions',
  summary: 'List the sessions of a user, most recent first.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ sessionList, users }, { operand }) {
    const { id } = await findUser(users, operand);
    return answerWithSessions(await collectSessions(sessionList, id, maxSessions));
  },
};
