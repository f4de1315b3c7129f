// session end: signs one browser out, wherever it is.
import type { DataCommand } from '#cli/framework/context.ts';
import { answerWithReceipt, atTheCommandLine } from '#core/revocation/commands/format-receipt.ts';

export const sessionEnd: DataCommand = {
  name: 'session end',
  summary: 'End a session and the tokens that stand on it.',
  operand: 'UID',
  options: {},
  async run({ installation }, { operand }) {
    const receipt = await installation.services.blocking.endSession(operand, atTheCommandLine);
    return answerWithReceipt(receipt, 'The session is over.');
  },
};
