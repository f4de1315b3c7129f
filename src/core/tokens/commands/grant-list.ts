// grant list: lists what a user allowed clients to do.
import { alignColumns } from '#cli/framework/columns.ts';
import type { Command } from '#cli/framework/command.ts';
import { readLimit } from '#cli/framework/limits.ts';
import type { GrantListStore } from '#core/tokens/grant-list.store.ts';
import { findUser } from '#core/users/commands/format-user.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { presentGrant } from './format-grant.ts';

const defaultLimit = 50;

interface Needs {
  readonly grantList: GrantListStore;
  readonly users: UserStore;
  readonly now: () => Date;
}

export const grantListCommand: Command<Needs> = {
  name: 'grant list',
  summary: 'List the grants of a user, most recent first.',
  operand: 'EMAIL|ID',
  options: { limit: { value: 'N', meaning: `Maximum number; default ${defaultLimit}` } },
  check: (args) => void readLimit(args, defaultLimit),
  async run({ grantList, users, now }, args) {
    const { id } = await findUser(users, args.operand);
    const page = { after: undefined, limit: readLimit(args, defaultLimit) };
    const { items } = await grantList.listOfUser(id, page, now());
    const document = items.map(presentGrant);
    if (items.length === 0) return { document, text: 'The user has no grants.\n' };
    const heading = ['ID', 'CLIENT', 'SCOPE', 'CREATED', 'EXPIRES'];
    const rows = document.map((grant) => [
      grant.id,
      grant.client_name ?? grant.client_id,
      grant.scope || '-',
      grant.created_at.slice(0, 10),
      grant.expires_at.slice(0, 10),
    ]);
    return { document, text: alignColumns([heading, ...rows]) };
  },
};
