// session list: lists live sessions.
import type { Command } from '#cli/framework/command.ts';
import type { SessionList } from '#core/sessions/session-list.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { readLimit } from '#cli/framework/limits.ts';
import { findUser } from '#core/users/commands/format-user.ts';
import { answerWithSessions, collectSessions } from './format-session.ts';

const defaultLimit = 50;

interface Needs {
  readonly sessionList: SessionList;
  readonly users: UserStore;
}

export const sessionListCommand: Command<Needs> = {
  name: 'session list',
  summary: 'List active sessions, most recent first.',
  options: {
    user: { value: 'EMAIL|ID', meaning: 'Only sessions of this user' },
    limit: { value: 'N', meaning: `Maximum number; default ${defaultLimit}` },
  },
  check: (args) => void readLimit(args, defaultLimit),
  async run({ sessionList, users }, args) {
    const name = args.text('user');
    const user = name === undefined ? undefined : await findUser(users, name);
    return answerWithSessions(
      await collectSessions(sessionList, user?.id, readLimit(args, defaultLimit)),
    );
  },
};
