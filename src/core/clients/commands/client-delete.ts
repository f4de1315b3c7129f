// client delete: deletes a client with the consents of its users, and revokes what was issued to it.
import type { Command } from '#cli/framework/command.ts';
import { answerWithReceipt, commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import type { ClientChanges } from '#oidc/clients/client-changes.ts';

interface Needs {
  readonly clientChanges: () => Promise<ClientChanges>;
}

export const clientDelete: Command<Needs> = {
  name: 'client delete',
  summary: 'Delete a client and its consents, and revoke its grants and tokens.',
  operand: 'ID',
  options: {
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Delete the client, which cannot be undone; "client block" can be',
    },
  },
  examples: ['client delete my-app --yes'],
  async run({ clientChanges }, { operand }) {
    const changes = await clientChanges();
    const receipt = await changes.remove(operand, commandLineActor);
    return answerWithReceipt(receipt, 'The client is deleted.');
  },
};
