// user block: ends everything of a person at once, and keeps the account closed.
import type { DataCommand } from '#cli/framework/context.ts';
import { answerWithReceipt, atTheCommandLine } from './format-receipt.ts';
import { UsageError } from '#cli/framework/arguments.ts';
import type { Arguments } from '#cli/framework/command.ts';
import { readInstant } from '#cli/framework/instants.ts';
import { findUser } from '#core/users/commands/format-user.ts';

const longestReason = 500;

export const userBlock: DataCommand = {
  name: 'user block',
  summary: 'Block an account and end everything that stands on it.',
  operand: 'EMAIL|ID',
  options: {
    reason: {
      value: 'TEXT',
      isRequired: true,
      meaning: 'For operators and the audit; the person is not told. Name nobody in it',
    },
    until: {
      value: 'TIME',
      meaning: 'When the block ends by itself; unset: when somebody ends it',
    },
  },
  check(args) {
    readReason(args);
    readInstant(args, 'until');
  },
  async run({ installation: { stores, services, now } }, args) {
    const reason = readReason(args);
    const until = readInstant(args, 'until');
    if (until && until <= now()) throw new UsageError('--until has passed already.');
    const { id: userId, email } = await findUser(stores.users, args.operand);
    const order = { userId, reason, until, by: atTheCommandLine };
    const receipt = await services.blocking.blockUser(order);
    const how = until ? `blocked until ${until.toISOString()}` : 'blocked';
    return answerWithReceipt(receipt, `${email} is ${how}.`);
  },
};

function readReason(args: Arguments): string {
  const reason = args.required('reason').trim();
  if (reason !== '' && reason.length <= longestReason) return reason;
  throw new UsageError(`--reason must be 1 to ${longestReason} characters.`);
}
