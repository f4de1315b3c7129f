// everyone sign-out: the emergency brake.
import type { DataCommand } from '#cli/framework/context.ts';
import { answerWithReceipt, atTheCommandLine } from './format-receipt.ts';

export const everyoneSignOut: DataCommand = {
  name: 'everyone sign-out',
  summary: 'End every session, grant and token of everybody.',
  options: {},
  async run({ installation }) {
    const receipt = await installation.services.blocking.signEveryoneOut(atTheCommandLine);
    return answerWithReceipt(receipt, 'Everybody is signed out, and may sign in again.');
  },
};
