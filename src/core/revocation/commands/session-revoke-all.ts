// session revoke-all: emergency revocation of all sessions.
import type { Command } from '#cli/framework/command.ts';
import {
  answerOrWait,
  readReason,
  runWithReason,
  withoutApproval,
  withReason,
} from '#core/approvals/approvals.commands.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { answerWithReceipt, commandLineActor } from './format-receipt.ts';

interface Needs {
  readonly approvals: Approvals;
  readonly blocking: Blocking;
  readonly requestOrigin: RequestOriginSlot;
}

export const sessionRevokeAll: Command<Needs> = {
  name: 'session revoke-all',
  aliases: ['everyone sign-out'],
  summary: 'End every session, grant and token of all users.',
  options: {
    ...withReason,
    ...withoutApproval,
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Sign out all users of all clients, which cannot be undone',
    },
  },
  check: (args) => void readReason(args),
  run: ({ approvals, blocking, requestOrigin }, args) =>
    answerOrWait(async () => {
      const by = args.has('without-approval')
        ? approvals.withoutApproval(commandLineActor, 'sessions.end-all')
        : commandLineActor;
      const receipt = await runWithReason(requestOrigin, args, () => blocking.signEveryoneOut(by));
      return answerWithReceipt(receipt, 'All users are signed out and may sign in again.');
    }),
};
