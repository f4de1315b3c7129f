// client block: blocks a client and revokes all of its grants.
import { AppError } from '#platform/errors.ts';
import type { Command } from '#cli/framework/command.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import { answerWithReceipt, commandLineActor } from '#core/revocation/commands/format-receipt.ts';

interface Needs {
  readonly blocking: Blocking;
  readonly clientStore: ClientStore;
}

export const clientBlock: Command<Needs> = {
  name: 'client block',
  aliases: ['client disable'],
  summary: 'Block a client and revoke all of its grants.',
  operand: 'ID',
  options: {},
  async run({ blocking, clientStore }, { operand }) {
    const client = await clientStore.find(operand);
    if (!client) throw new AppError('client_not_found', 'Client not found.');
    if (client.disabledAt) throw new AppError('conflict', 'This client is already blocked.');
    const receipt = await blocking.blockClient(operand, commandLineActor);
    return answerWithReceipt(receipt, 'The client is blocked.');
  },
};
