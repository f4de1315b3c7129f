// client enable: lets a disabled app work again. What it was allowed before does not come back.
import { AppError } from '#platform/errors.ts';
import type { DataCommand } from '#cli/framework/context.ts';
import { answerWithReceipt, atTheCommandLine } from '#core/revocation/commands/format-receipt.ts';

export const clientEnable: DataCommand = {
  name: 'client enable',
  summary: 'Let a disabled app work again.',
  operand: 'ID',
  options: {},
  async run({ installation: { stores, services } }, { operand }) {
    const client = await stores.clients.find(operand);
    if (!client) throw new AppError('client_not_found', 'There is no app with this client_id.');
    const receipt = await services.blocking.unblockClient(operand, atTheCommandLine);
    return answerWithReceipt(receipt, 'The app works again; people have to sign in to it anew.');
  },
};
