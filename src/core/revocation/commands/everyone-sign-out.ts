// everyone sign-out: emergency revocation of all sessions.
import type { Command } from '#cli/framework/command.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { answerWithReceipt, commandLineActor } from './format-receipt.ts';

interface Needs {
  readonly blocking: Blocking;
}

export const everyoneSignOut: Command<Needs> = {
  name: 'everyone sign-out',
  summary: 'End every session, grant and token of all users.',
  options: {},
  async run({ blocking }) {
    const receipt = await blocking.signEveryoneOut(commandLineActor);
    return answerWithReceipt(receipt, 'All users are signed out and may sign in again.');
  },
};
