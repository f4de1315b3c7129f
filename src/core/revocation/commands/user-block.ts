// user block: blocks a user and revokes every session, grant and token.
import type { Command } from '#cli/framework/command.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { answerWithReceipt, commandLineActor } from './format-receipt.ts';
import { UsageError } from '#cli/framework/arguments.ts';
import type { Arguments } from '#cli/framework/command.ts';
import { readInstant } from '#cli/framework/instants.ts';
import { findUser } from '#core/users/commands/format-user.ts';

const maxReasonLength = 500;

interface Needs {
  readonly blocking: Blocking;
  readonly now: () => Date;
  readonly users: UserStore;
}

export const userBlock: Command<Needs> = {
  name: 'user block',
  summary: 'Block a user and revoke every session, grant and token.',
  operand: 'EMAIL|ID',
  options: {
    reason: {
      value: 'TEXT',
      isRequired: true,
      meaning:
        'For operators and the audit log; not shown to the user. Must not contain personal data',
    },
    until: {
      value: 'TIME',
      meaning: 'When the block expires; if unset, it lasts until it is removed',
    },
  },
  check(args) {
    readReason(args);
    readInstant(args, 'until');
  },
  async run({ blocking, now, users }, args) {
    const reason = readReason(args);
    const until = readInstant(args, 'until');
    if (until && until <= now()) throw new UsageError('--until must be in the future.');
    const { id: userId, email } = await findUser(users, args.operand);
    const order = { userId, reason, until, by: commandLineActor };
    const receipt = await blocking.blockUser(order);
    const how = until ? `blocked until ${until.toISOString()}` : 'blocked';
    return answerWithReceipt(receipt, `${email} is ${how}.`);
  },
};

function readReason(args: Arguments): string {
  const reason = args.required('reason').trim();
  if (reason !== '' && reason.length <= maxReasonLength) return reason;
  throw new UsageError(`--reason must be 1 to ${maxReasonLength} characters.`);
}
