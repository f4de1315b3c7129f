// user delete: at once and for good, for somebody who asked for it.
import type { DataCommand } from '#cli/framework/context.ts';
import { atTheCommandLine } from '#core/revocation/commands/format-receipt.ts';
import { UsageError } from '#cli/framework/arguments.ts';
import { findUser } from '#core/users/commands/format-user.ts';

export const userDelete: DataCommand = {
  name: 'user delete',
  summary: 'Delete an account at once; the audit keeps what happened, without the name.',
  operand: 'EMAIL|ID',
  options: { yes: { meaning: 'It can not be undone: say that you mean it' } },
  check: (args) => {
    if (!args.has('yes')) throw new UsageError('It can not be undone. Add --yes to go on.');
  },
  async run({ installation: { stores, services } }, { operand }) {
    const user = await findUser(stores.users, operand);
    await services.deletion.deleteNow(user, atTheCommandLine);
    return { document: { id: user.id, deleted: true }, text: 'The account is deleted.\n' };
  },
};
