// client revoke-grants: revokes everything that users granted to a client.
import type { Command } from '#cli/framework/command.ts';
import { answerWithReceipt, commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';

interface Needs {
  readonly blocking: Blocking;
}

export const clientRevokeGrants: Command<Needs> = {
  name: 'client revoke-grants',
  summary: 'Revoke every grant and token of a client; it has to ask for consent again.',
  operand: 'ID',
  options: {
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Revoke the access to the accounts of all users',
    },
  },
  examples: ['client revoke-grants my-app --yes'],
  async run({ blocking }, { operand }) {
    const receipt = await blocking.revokeGrantsOfClient(operand, commandLineActor);
    return answerWithReceipt(receipt, 'The grants of the client are revoked.');
  },
};
