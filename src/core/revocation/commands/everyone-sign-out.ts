// everyone sign-out: emergency revocation of all sessions.
import type { DataCommand } from '#cli/framework/context.ts';
import { answerWithReceipt, atTheCommandLine } from './format-receipt.ts';

export const everyoneSignOut: DataCommand = {
  name: 'everyone sign-out',
  summary: 'End every session, grant and token of all users.',
  options: {},
  async run({ installation }) {
    const receipt = await installation.services.blocking.signEveryoneOut(atTheCommandLine);
    return answerWithReceipt(receipt, 'All users are signed out and may sign in again.');
  },
};
