// client list: lists clients, including blocked ones, in the order of their ids.
import { alignColumns } from '#cli/framework/columns.ts';
import type { Command } from '#cli/framework/command.ts';
import { readLimit } from '#cli/framework/limits.ts';
import type { Client } from '#core/clients/clients.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import { presentClient } from './format-client.ts';

const usualCount = 50;

interface Needs {
  readonly clientStore: ClientStore;
}

export const clientList: Command<Needs> = {
  name: 'client list',
  summary: 'List clients.',
  options: {
    limit: { value: 'N', meaning: `Maximum number; default ${usualCount}` },
    after: { value: 'ID', meaning: 'Continue after this client, the last of the previous list' },
  },
  check: (args) => void readLimit(args, usualCount),
  async run({ clientStore }, args) {
    const limit = readLimit(args, usualCount);
    const after = args.text('after') ?? '';
    // One more than is shown tells whether there are more.
    const found = await clientStore.list({ after, limit: limit + 1 });
    const clients = found.slice(0, limit);
    const document = clients.map(presentClient);
    if (clients.length === 0) return { document, text: 'No clients.\n' };
    const last = clients.at(-1)?.clientId ?? '';
    const more = found.length > limit ? `\nThere are more: add --after ${last}\n` : '';
    const heading = ['ID', 'NAME', 'STATE', 'AUTHENTICATION', 'GRANT TYPES', 'CREATED'];
    return { document, text: `${alignColumns([heading, ...clients.map(rowOf)])}${more}` };
  },
};

function rowOf({ clientId, metadata, disabledAt, createdAt }: Client): readonly string[] {
  const textOf = (member: string, fallback: string) => {
    const value = metadata[member];
    return typeof value === 'string' ? value : fallback;
  };
  const { grant_types: grants } = metadata;
  return [
    clientId,
    textOf('client_name', '-'),
    disabledAt ? 'blocked' : 'active',
    textOf('token_endpoint_auth_method', 'client_secret_basic'),
    Array.isArray(grants) ? grants.join(' ') : 'authorization_code',
    createdAt.toISOString().slice(0, 10),
  ];
}
