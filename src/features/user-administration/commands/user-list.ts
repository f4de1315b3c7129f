// user list: lists accounts in the order of their email addresses.
import { alignColumns } from '#cli/framework/columns.ts';
import { UsageError } from '#cli/framework/arguments.ts';
import type { Arguments, Command } from '#cli/framework/command.ts';
import { readLimit } from '#cli/framework/limits.ts';
import { presentUser } from '#core/users/commands/format-user.ts';
import { canonicalEmail } from '#core/users/email-addresses.ts';
import { isBlocked } from '#core/subject-status/subject-status.ts';
import type { User } from '#core/users/users.ts';
import { readRole } from './user-roles.ts';
import type { UserAdministrationStore } from '#features/user-administration/user-administration.store.ts';

const defaultLimit = 50;

interface Needs {
  readonly userList: Pick<UserAdministrationStore, 'list'>;
  readonly now: () => Date;
}

export const userListCommand: Command<Needs> = {
  name: 'user list',
  summary: 'List users by email address.',
  options: {
    search: { value: 'TEXT', meaning: 'Only users whose email address or name contains this' },
    role: { value: 'ROLE', meaning: 'Only users with this role, such as admin or shop:editor' },
    blocked: { meaning: 'Only blocked users' },
    limit: { value: 'N', meaning: `Maximum number; default ${defaultLimit}` },
    after: {
      value: 'EMAIL',
      meaning: 'Continue after this address, the last of the previous list',
    },
  },
  examples: ['user list --search example.org', 'user list --role admin --json'],
  check: (args) => void readOptions(args),
  async run({ userList, now }, args) {
    const { filter, after, limit } = readOptions(args);
    const at = now();
    // One more than is shown, to tell whether there are more.
    const found = await userList.list(filter, { after, limit: limit + 1, at });
    const users = found.slice(0, limit);
    const document = users.map(presentUser);
    if (users.length === 0) return { document, text: 'No such users.\n' };
    const rows = users.map((user) => rowOf(user, at));
    const last = users.at(-1)?.email ?? '';
    const more = found.length > limit ? `\nThere are more: add --after ${last}\n` : '';
    const heading = ['EMAIL', 'NAME', 'STATE', 'ROLES', 'CREATED', 'ID'];
    return { document, text: `${alignColumns([heading, ...rows])}${more}` };
  },
};

function readOptions(args: Arguments) {
  const role = args.text('role');
  const after = args.text('after');
  if (after !== undefined && !after.includes('@')) {
    throw new UsageError('--after must be an email address.');
  }
  return {
    filter: {
      text: args.text('search'),
      role: role === undefined ? undefined : readRole(role),
      isBlocked: args.has('blocked'),
    },
    after: after === undefined ? undefined : canonicalEmail(after),
    limit: readLimit(args, defaultLimit),
  };
}

function rowOf(user: User, at: Date): readonly string[] {
  const { email, claims, roles, createdAt, id } = user;
  const day = createdAt.toISOString().slice(0, 10);
  return [email, claims.name ?? '-', describeState(user, at), roles.join(' ') || '-', day, id];
}

function describeState(user: User, at: Date): string {
  if (isBlocked(user, at)) return 'blocked';
  if (user.deletionDueAt) return 'to be deleted';
  return user.emailVerified ? 'verified' : 'unverified';
}
