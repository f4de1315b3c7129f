// session end: ends one session and revokes its tokens.
import type { DataCommand } from '#cli/framework/context.ts';
import { answerWithReceipt, atTheCommandLine } from '#core/revocation/commands/format-receipt.ts';

export const sessionEnd: DataCommand = {
  name: 'session end',
  summary: 'End a session and revoke its tokens.',
  operand: 'UID',
  options: {},
  async run({ installation }, { operand }) {
    const receipt = await installation.services.blocking.endSession(operand, atTheCommandLine);
    return answerWithReceipt(receipt, 'The session has ended.');
  },
};
