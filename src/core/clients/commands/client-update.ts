// client update: changes the metadata of a client. Other members stay as they are.
import { UsageError } from '#cli/framework/arguments.ts';
import { describeValues } from '#cli/framework/columns.ts';
import type { Arguments, Command, Io } from '#cli/framework/command.ts';
import type { Client } from '#core/clients/clients.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import type { ClientChanges } from '#oidc/clients/client-changes.ts';
import { metadataOptions, readMetadata, readMetadataOptions } from './client-metadata-options.ts';
import { describeViolations, presentClient } from './format-client.ts';

interface Needs {
  readonly clientChanges: () => Promise<ClientChanges>;
}

type Members = Readonly<Record<string, unknown>>;

export const clientUpdate: Command<Needs> = {
  name: 'client update',
  summary: 'Change the metadata of a client.',
  operand: 'ID',
  options: {
    ...metadataOptions,
    'add-redirect-uri': { value: 'URL', isRepeatable: true, meaning: 'Add to the redirect URIs' },
    'remove-redirect-uri': {
      value: 'URL',
      isRepeatable: true,
      meaning: 'Remove from the redirect URIs',
    },
    metadata: {
      value: 'FILE|-',
      reads: 'file',
      meaning: 'A JSON object with the members to replace; null removes one',
    },
  },
  examples: [
    'client update my-app --add-redirect-uri https://app.example/other',
    'client update my-app --metadata changes.json',
  ],
  check(args) {
    const names = Object.keys(clientUpdate.options);
    if (!names.some((name) => args.has(name))) {
      throw new UsageError(`One of ${names.map((name) => `--${name}`).join(', ')} is required.`);
    }
  },
  async run({ clientChanges }, args, io) {
    const written = await readWritten(args, io);
    const changes = await clientChanges();
    const changesOf = (before: Client) => ({ ...readOptions(args, before), ...written });
    const changed = await changes.update(args.operand, changesOf, commandLineActor);
    const { client, clientSecret, isRevoked } = changed;
    const { violations, ...values } = presentClient(client);
    const secret = clientSecret === undefined ? {} : { client_secret: clientSecret };
    const once = clientSecret === undefined ? '' : ' Its new secret is shown only once; keep it.';
    const revoked = isRevoked
      ? ' Everything issued to it was revoked, because the change limits it.'
      : ' What was issued to it stays valid.';
    return {
      document: { ...values, ...secret, violations, revoked: isRevoked },
      text:
        `The client is updated.${revoked}${once}\n\n` +
        `${describeValues({ ...secret, ...values })}${describeViolations(client)}`,
    };
  },
};

/** @throws UsageError */
async function readWritten(args: Arguments, io: Io): Promise<Members> {
  const written = await readMetadata(args, io);
  if (typeof written === 'object' && written !== null && !Array.isArray(written)) {
    return { ...written };
  }
  throw new UsageError('--metadata must contain a JSON object.');
}

function readOptions(args: Arguments, { metadata }: Client): Members {
  const [added, removed] = [args.list('add-redirect-uri'), args.list('remove-redirect-uri')];
  const options = readMetadataOptions(args);
  if (added.length === 0 && removed.length === 0) return options;
  const base = options['redirect_uris'] ?? metadata['redirect_uris'];
  const present: readonly unknown[] = Array.isArray(base) ? base : [];
  const missing = removed.find((uri) => !present.includes(uri));
  if (missing !== undefined)
    throw new UsageError(`${missing} is not a redirect URI of the client.`);
  const kept = present.filter((uri) => !removed.some((each) => each === uri));
  return { ...options, redirect_uris: [...new Set([...kept, ...added])] };
}
