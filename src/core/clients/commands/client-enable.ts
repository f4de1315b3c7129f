// client enable: enables a disabled client. Its previous grants stay revoked.
import { AppError } from '#platform/errors.ts';
import type { DataCommand } from '#cli/framework/context.ts';
import { answerWithReceipt, atTheCommandLine } from '#core/revocation/commands/format-receipt.ts';

export const clientEnable: DataCommand = {
  name: 'client enable',
  summary: 'Enable a disabled client.',
  operand: 'ID',
  options: {},
  async run({ installation: { stores, services } }, { operand }) {
    const client = await stores.clients.find(operand);
    if (!client) throw new AppError('client_not_found', 'Client not found.');
    const receipt = await services.blocking.unblockClient(operand, atTheCommandLine);
    return answerWithReceipt(receipt, 'The client is enabled; its users must sign in again.');
  },
};
