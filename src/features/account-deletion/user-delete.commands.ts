// The command `user delete`: deletes an account immediately and irreversibly.
import type { Command } from '#cli/framework/command.ts';
import type { Deletion } from '#features/account-deletion/account-deletion.service.ts';
import {
  answerOrWait,
  readReason,
  runWithReason,
  withoutApproval,
  withReason,
} from '#core/approvals/approvals.commands.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { findUser } from '#core/users/commands/format-user.ts';

interface Needs {
  readonly approvals: Approvals;
  readonly deletion: Deletion;
  readonly users: UserStore;
  readonly requestOrigin: RequestOriginSlot;
}

export const userDelete: Command<Needs> = {
  name: 'user delete',
  summary: 'Delete an account immediately; its audit entries stay, without personal data.',
  operand: 'EMAIL|ID',
  options: {
    ...withReason,
    ...withoutApproval,
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Delete the account and its data, which cannot be undone',
    },
  },
  check: (args) => void readReason(args),
  run: ({ approvals, deletion, users, requestOrigin }, args) =>
    answerOrWait(async () => {
      const user = await findUser(users, args.operand);
      const by = args.has('without-approval')
        ? approvals.withoutApproval(commandLineActor, 'users.delete', user.id)
        : commandLineActor;
      await runWithReason(requestOrigin, args, () => deletion.deleteNow(user, by));
      return { document: { id: user.id, deleted: true }, text: 'Account deleted.\n' };
    }),
};
