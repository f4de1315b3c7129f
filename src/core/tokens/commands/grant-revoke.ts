// grant revoke: revokes a grant with its tokens, and forgets the consent.
import type { Command } from '#cli/framework/command.ts';
import { answerWithReceipt, commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';

interface Needs {
  readonly blocking: Blocking;
}

export const grantRevoke: Command<Needs> = {
  name: 'grant revoke',
  summary: 'Revoke a grant and all of its tokens; the client has to ask for consent again.',
  operand: 'ID',
  options: {},
  async run({ blocking }, { operand }) {
    const receipt = await blocking.revokeGrant(operand, commandLineActor);
    return answerWithReceipt(receipt, 'The grant is revoked.');
  },
};
