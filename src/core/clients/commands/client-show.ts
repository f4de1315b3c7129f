// client show: prints a client, even a blocked one. Secrets are not stored and cannot be printed.
import { AppError } from '#platform/errors.ts';
import type { Command } from '#cli/framework/command.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import { describeValues } from '#cli/framework/columns.ts';
import { describeViolations, presentClient } from './format-client.ts';

interface Needs {
  readonly clientStore: ClientStore;
}

export const clientShow: Command<Needs> = {
  name: 'client show',
  summary: 'Show a client.',
  operand: 'ID',
  options: {},
  async run({ clientStore }, { operand }) {
    const client = await clientStore.find(operand);
    if (!client) throw new AppError('client_not_found', 'Client not found.');
    const document = { ...presentClient(client), has_secret: client.secretHash !== undefined };
    const { violations: _, ...values } = document;
    return { document, text: `${describeValues(values)}${describeViolations(client)}` };
  },
};
