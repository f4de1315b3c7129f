// client check: lists the rules that registered clients violate, and how to fix each violation.
import type { Answer, Command } from '#cli/framework/command.ts';
import type { Client } from '#core/clients/clients.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import { profileNames } from '#core/clients/profiles/client-profiles.ts';
import { findViolations, type ClientViolation } from '#core/clients/profiles/violations.ts';
import { readProfile } from './client-metadata-options.ts';
import { AppError } from '#platform/errors.ts';
import { printable } from '#cli/framework/columns.ts';

const batchSize = 500;

interface Needs {
  readonly clientStore: ClientStore;
}

interface CheckedClient {
  readonly client_id: string;
  readonly client_name: string | null;
  readonly profile: string;
  readonly violations: readonly ClientViolation[];
}

export const clientCheck: Command<Needs> = {
  name: 'client check',
  summary:
    'List profile violations of clients and how to fix them; exits with 1 if any is an error.',
  options: {
    client: { value: 'ID', meaning: 'This client only' },
    profile: { value: 'NAME', meaning: `Compare with this profile: ${profileNames.join(', ')}` },
  },
  examples: ['client check', 'client check --client my-app --profile fapi2'],
  check: (args) => void readProfile(args.text('profile')),
  async run({ clientStore }, args) {
    const profile = readProfile(args.text('profile'));
    const id = args.text('client');
    const clients = id === undefined ? await listAll(clientStore) : [await find(clientStore, id)];
    const checked = clients.map(({ clientId, metadata }): CheckedClient => {
      const { client_name: name, profile: own = 'oauth2.1' } = metadata;
      return {
        client_id: clientId,
        client_name: typeof name === 'string' ? name : null,
        profile: profile ?? String(own),
        violations: findViolations(metadata, profile),
      };
    });
    return answer(checked.filter(({ violations }) => violations.length > 0));
  },
};

async function listAll(store: ClientStore): Promise<readonly Client[]> {
  const found: Client[] = [];
  for (let isLast = false; !isLast;) {
    const after = found.at(-1)?.clientId ?? '';
    const batch = await store.list({ after, limit: batchSize });
    found.push(...batch);
    isLast = batch.length < batchSize;
  }
  return found;
}

async function find(store: ClientStore, id: string): Promise<Client> {
  const client = await store.find(id);
  if (client) return client;
  throw new AppError('client_not_found', 'Client not found.');
}

function answer(document: readonly CheckedClient[]): Answer {
  if (document.length === 0) return { document, text: 'Nothing violates a profile.\n' };
  const hasError = document.some(({ violations }) =>
    violations.some(({ severity }) => severity === 'error'),
  );
  return { document, text: document.map(describe).join('\n'), exitCode: hasError ? 1 : 0 };
}

function describe({ client_id: id, client_name: name, profile, violations }: CheckedClient) {
  const title = name === null ? id : `${id} (${name})`;
  const lines = violations.map(
    ({ severity, rule, member, message, remedy }) =>
      `  ${severity}: ${member}: ${message} ${remedy} [${rule}]\n`,
  );
  return `${printable(title)}, profile ${profile}\n${lines.join('')}`;
}
