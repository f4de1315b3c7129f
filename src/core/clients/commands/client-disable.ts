// client disable: blocks an app and ends everything that people allowed it.
import { AppError } from '#platform/errors.ts';
import type { DataCommand } from '#cli/framework/context.ts';
import { answerWithReceipt, atTheCommandLine } from '#core/revocation/commands/format-receipt.ts';

export const clientDisable: DataCommand = {
  name: 'client disable',
  summary: 'Block an app and end everything that it was allowed.',
  operand: 'ID',
  options: {},
  async run({ installation: { stores, services } }, { operand }) {
    const client = await stores.clients.find(operand);
    if (!client) throw new AppError('client_not_found', 'There is no app with this client_id.');
    if (client.disabledAt) throw new AppError('conflict', 'This app is disabled already.');
    const receipt = await services.blocking.blockClient(operand, atTheCommandLine);
    return answerWithReceipt(receipt, 'The app is disabled.');
  },
};
