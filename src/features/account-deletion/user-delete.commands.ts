// The command `user delete`: deletes an account immediately and irreversibly.
import type { Command } from '#cli/framework/command.ts';
import type { Deletion } from '#features/account-deletion/account-deletion.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { UsageError } from '#cli/framework/arguments.ts';
import { findUser } from '#core/users/commands/format-user.ts';

interface Needs {
  readonly deletion: Deletion;
  readonly users: UserStore;
}

export const userDelete: Command<Needs> = {
  name: 'user delete',
  summary: 'Delete an account immediately; its audit entries stay, without personal data.',
  operand: 'EMAIL|ID',
  options: { yes: { meaning: 'Confirm the deletion, which cannot be undone' } },
  check: (args) => {
    if (!args.has('yes')) throw new UsageError('This cannot be undone. Add --yes to confirm.');
  },
  async run({ deletion, users }, { operand }) {
    const user = await findUser(users, operand);
    await deletion.deleteNow(user, commandLineActor);
    return { document: { id: user.id, deleted: true }, text: 'Account deleted.\n' };
  },
};
