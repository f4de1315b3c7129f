// session list: lists live sessions.
import type { DataCommand } from '#cli/framework/context.ts';
import { readLimit } from '#cli/framework/limits.ts';
import { findUser } from '#core/users/commands/format-user.ts';
import { answerWithSessions, collectSessions } from './format-session.ts';

const usualCount = 50;

export const sessionList: DataCommand = {
  name: 'session list',
  summary: 'List live sessions, most recent first.',
  options: {
    user: { value: 'EMAIL|ID', meaning: 'Only sessions of this user' },
    limit: { value: 'N', meaning: `Maximum number; default ${usualCount}` },
  },
  check: (args) => void readLimit(args, usualCount),
  async run({ installation: { stores, services } }, args) {
    const name = args.text('user');
    const user = name === undefined ? undefined : await findUser(stores.users, name);
    const { sessionList: list } = services;
    return answerWithSessions(await collectSessions(list, user?.id, readLimit(args, usualCount)));
  },
};
