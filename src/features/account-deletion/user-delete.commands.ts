// The command `user delete`: deletes an account immediately and irreversibly.
import type { DataCommand } from '#cli/framework/context.ts';
import { atTheCommandLine } from '#core/revocation/commands/format-receipt.ts';
import { UsageError } from '#cli/framework/arguments.ts';
import { findUser } from '#core/users/commands/format-user.ts';

export const userDelete: DataCommand = {
  name: 'user delete',
  summary: 'Delete an account immediately; its audit entries stay, without personal data.',
  operand: 'EMAIL|ID',
  options: { yes: { meaning: 'Confirm the deletion, which cannot be undone' } },
  check: (args) => {
    if (!args.has('yes')) throw new UsageError('This cannot be undone. Add --yes to confirm.');
  },
  async run({ installation: { stores, services } }, { operand }) {
    const user = await findUser(stores.users, operand);
    await services.deletion.deleteNow(user, atTheCommandLine);
    return { document: { id: user.id, deleted: true }, text: 'Account deleted.\n' };
  },
};
