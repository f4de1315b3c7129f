// user set-password: for a user who cannot use the password reset by mail.
import type { Config } from '#config/config.ts';
import type { Command } from '#cli/framework/command.ts';
import { answerWithReceipt, commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { findUser } from '#core/users/commands/format-user.ts';
import { isBlocked } from '#core/subject-status/subject-status.ts';
import type { UserStore } from '#core/users/users.store.ts';
import {
  describePasswordFault,
  passwordOption,
  readPassword,
} from '#features/passwords/password-input.commands.ts';
import type { PasswordAssignment } from '#features/user-administration/password-assignment.service.ts';
import { AppError } from '#platform/errors.ts';

interface Needs {
  readonly config: Pick<Config, 'minimumPasswordLength'>;
  readonly passwordAssignment: PasswordAssignment;
  readonly users: UserStore;
  readonly now: () => Date;
}

export const userSetPassword: Command<Needs> = {
  name: 'user set-password',
  summary: 'Set the password of a user, and revoke every session, grant and token.',
  operand: 'EMAIL|ID',
  options: { 'password-stdin': passwordOption },
  examples: [
    'user set-password ann@example.org',
    'user set-password ann@example.org --password-stdin < password.txt',
  ],
  async run({ config, passwordAssignment, users, now }, { operand }, io) {
    const password = readPassword(await io.stdin());
    const user = await findUser(users, operand);
    const outcome = await passwordAssignment.assign(user, password, commandLineActor);
    if (!outcome.ok) {
      const sentence = describePasswordFault(outcome.password, config.minimumPasswordLength);
      throw new AppError('weak_password', sentence);
    }
    const blocked = isBlocked(user, now()) ? ' The account stays blocked.' : '';
    const sentence = `${user.email} has a new password and is notified by mail.${blocked}`;
    return answerWithReceipt(outcome.receipt, sentence);
  },
};
