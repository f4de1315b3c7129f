// user send-recovery-mail: sends a user the mail with a link for a new password.
import type { Command } from '#cli/framework/command.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { findUser } from '#core/users/commands/format-user.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { RecoveryMail } from '#features/user-administration/recovery-mail.service.ts';

interface Needs {
  readonly recoveryMail: RecoveryMail;
  readonly users: UserStore;
}

export const userSendRecoveryMail: Command<Needs> = {
  name: 'user send-recovery-mail',
  summary: 'Send a user a mail with a link for a new password.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ recoveryMail, users }, { operand }) {
    const user = await findUser(users, operand);
    await recoveryMail.send(user, commandLineActor);
    return { document: { sent: true }, text: `The mail to ${user.email} is queued.\n` };
  },
};
