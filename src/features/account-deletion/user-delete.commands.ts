// The command `user delete`: deletes an account immediately and irreversibly.
import type { Command } from '#cli/framework/command.ts';
import type { Deletion } from '#features/account-deletion/account-deletion.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { findUser } from '#core/users/commands/format-user.ts';

interface Needs {
  readonly deletion: Deletion;
  readonly users: UserStore;
}

export const userDelete: Command<Needs> = {
  name: 'user delete',
  summary: 'Delete an account immediately; its audit entries stay, without personal data.',
  operand: 'EMAIL|ID',
  options: {
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Delete the account and its data, which cannot be undone',
    },
  },
  async run({ deletion, users }, { operand }) {
    const user = await findUser(users, operand);
    await deletion.deleteNow(user, commandLineActor);
    return { document: { id: user.id, deleted: true }, text: 'Account deleted.\n' };
  },
};
