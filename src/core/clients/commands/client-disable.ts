// client disable: blocks a client and revokes all of its grants.
import { AppError } from '#platform/errors.ts';
import type { DataCommand } from '#cli/framework/context.ts';
import { answerWithReceipt, atTheCommandLine } from '#core/revocation/commands/format-receipt.ts';

export const clientDisable: DataCommand = {
  name: 'client disable',
  summary: 'Block a client and revoke all of its grants.',
  operand: 'ID',
  options: {},
  async run({ installation: { stores, services } }, { operand }) {
    const client = await stores.clients.find(operand);
    if (!client) throw new AppError('client_not_found', 'Client not found.');
    if (client.disabledAt) throw new AppError('conflict', 'This client is already disabled.');
    const receipt = await services.blocking.blockClient(operand, atTheCommandLine);
    return answerWithReceipt(receipt, 'The client is disabled.');
  },
};
