// client unblock: unblocks a client. Its previous grants stay revoked.
import { AppError } from '#platform/errors.ts';
import type { Command } from '#cli/framework/command.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import { answerWithReceipt, commandLineActor } from '#core/revocation/commands/format-receipt.ts';

interface Needs {
  readonly blocking: Blocking;
  readonly clientStore: ClientStore;
}

export const clientUnblock: Command<Needs> = {
  name: 'client unblock',
  aliases: ['client enable'],
  summary: 'Unblock a client.',
  operand: 'ID',
  options: {},
  async run({ blocking, clientStore }, { operand }) {
    const client = await clientStore.find(operand);
    if (!client) throw new AppError('client_not_found', 'Client not found.');
    const receipt = await blocking.unblockClient(operand, commandLineActor);
    return answerWithReceipt(receipt, 'The client is unblocked; its users must sign in again.');
  },
};
