// session end: ends one session and revokes its tokens.
import type { Command } from '#cli/framework/command.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { answerWithReceipt, commandLineActor } from '#core/revocation/commands/format-receipt.ts';

interface Needs {
  readonly blocking: Blocking;
}

export const sessionEnd: Command<Needs> = {
  name: 'session end',
  summary: 'End a session and revoke its tokens.',
  operand: 'UID',
  options: {},
  async run({ blocking }, { operand }) {
    const receipt = await blocking.endSession(operand, commandLineActor);
    return answerWithReceipt(receipt, 'The session has ended.');
  },
};
