// client show: prints a client, including a disabled one. Secrets are not stored and cannot be
// printed.
import { AppError } from '#platform/errors.ts';
import type { DataCommand } from '#cli/framework/context.ts';
import { describeValues } from '#cli/framework/columns.ts';
import { describeViolations, presentClient } from './format-client.ts';

export const clientShow: DataCommand = {
  name: 'client show',
  summary: 'Show a client.',
  operand: 'ID',
  options: {},
  async run({ installation }, { operand }) {
    const client = await installation.stores.clients.find(operand);
    if (!client) throw new AppError('client_not_found', 'Client not found.');
    const document = { ...presentClient(client), has_secret: client.secretHash !== undefined };
    const { violations: _, ...values } = document;
    return { document, text: `${describeValues(values)}${describeViolations(client)}` };
  },
};
