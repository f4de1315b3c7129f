// client list: lists all clients or those that match, including blocked ones, in the order of their ids.
import { alignColumns } from '#cli/framework/columns.ts';
import type { Arguments, Command } from '#cli/framework/command.ts';
import { readLimit } from '#cli/framework/limits.ts';
import type { Client } from '#core/clients/clients.ts';
import type { ClientSearchStore } from '#core/clients/administration/client-search.store.ts';
import { profileNames } from '#core/clients/profiles/client-profiles.ts';
import { readProfile } from './client-metadata-options.ts';
import { presentClient } from './format-client.ts';

const defaultLimit = 50;

interface Needs {
  readonly clientSearch: ClientSearchStore;
}

export const clientList: Command<Needs> = {
  name: 'client list',
  summary: 'List clients.',
  options: {
    search: { value: 'TEXT', meaning: 'Only clients whose id or name contains this' },
    profile: { value: 'NAME', meaning: `Only clients of this profile: ${profileNames.join(', ')}` },
    blocked: { meaning: 'Only blocked clients' },
    limit: { value: 'N', meaning: `Maximum number; default ${defaultLimit}` },
    after: { value: 'ID', meaning: 'Continue after this client, the last of the previous list' },
  },
  examples: ['client list --search calendar', 'client list --profile fapi2 --json'],
  check: (args) => void readOptions(args),
  async run({ clientSearch }, args) {
    const { filter, page } = readOptions(args);
    const { items: clients, next } = await clientSearch.search(filter, page);
    const document = clients.map(presentClient);
    if (clients.length === 0) return { document, text: 'No such clients.\n' };
    const more = next ? `\nThere are more: add --after ${next.join(' ')}\n` : '';
    const heading = ['ID', 'NAME', 'STATE', 'AUTHENTICATION', 'GRANT TYPES', 'CREATED'];
    return { document, text: `${alignColumns([heading, ...clients.map(rowOf)])}${more}` };
  },
};

function readOptions(args: Arguments) {
  const after = args.text('after');
  return {
    filter: {
      text: args.text('search'),
      profile: readProfile(args.text('profile')),
      isBlocked: args.has('blocked') ? true : undefined,
    },
    page: {
      after: after === undefined ? undefined : [after],
      limit: readLimit(args, defaultLimit),
    },
  };
}

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
