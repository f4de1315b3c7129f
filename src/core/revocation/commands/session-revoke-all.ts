// session revoke-all: emergency revocation of all sessions.
import type { Command } from '#cli/framework/command.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { answerWithReceipt, commandLineActor } from './format-receipt.ts';

interface Needs {
  readonly blocking: Blocking;
}

export const sessionRevokeAll: Command<Needs> = {
  name: 'session revoke-all',
  aliases: ['everyone sign-out'],
  summary: 'End every session, grant and token of all users.',
  options: {
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Sign out all users of all clients, which cannot be undone',
    },
  },
  async run({ blocking }) {
    const receipt = await blocking.signEveryoneOut(commandLineActor);
    return answerWithReceipt(receipt, 'All users are signed out and may sign in again.');
  },
};
