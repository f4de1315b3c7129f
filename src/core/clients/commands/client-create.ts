// client create: registers a client from its type, a preset, RFC 7591 metadata, or a combination of them.
import {
  clientTypes,
  findPreset,
  findPresetOfType,
  presetNames,
  type ClientPreset,
} from '#core/clients/client-presets.ts';
import { defaultsOf } from '#core/clients/profiles/violations.ts';
import { nearestName } from '#platform/edit-distance.ts';
import { AppError } from '#platform/errors.ts';
import type { Command } from '#cli/framework/command.ts';
import type { ClientRegistration } from '#oidc/clients/client-registration.ts';
import { UsageError } from '#cli/framework/arguments.ts';
import { describeValues } from '#cli/framework/columns.ts';
import type { Arguments, Io } from '#cli/framework/command.ts';
import { readMetadata, readMetadataOptions, metadataOptions } from './client-metadata-options.ts';
import { describeViolations, presentClient } from './format-client.ts';

interface Needs {
  readonly clientRegistration: () => Promise<ClientRegistration>;
}

export const clientCreate: Command<Needs> = {
  name: 'client create',
  summary: 'Register a client by its type, a preset or its metadata.',
  options: {
    type: {
      value: clientTypes.join('|'),
      meaning:
        'Kind of application: on a server, in the browser, installed, without users, on a device without a browser',
    },
    for: { value: 'LIBRARY', meaning: `Preset: ${presetNames.join(', ')}` },
    ...metadataOptions,
    metadata: {
      value: 'FILE|-',
      reads: 'file',
      meaning:
        'RFC 7591 metadata, a JSON object that takes precedence; also first_party and resources',
    },
  },
  examples: [
    'client create --name "My app" --type web --redirect-uri https://app.example/callback',
    'client create --name Reports --type service --scope users:read',
    'client create --profile fapi2 --metadata bank.json',
    'client create --for spring --redirect-uri https://app.example/login/oauth2/code/ostiary',
    'client create --metadata client.json --json',
  ],
  check(args) {
    if (args.has('type') && args.has('for')) {
      throw new UsageError('--type and --for cannot both be given.');
    }
    if (!['type', 'profile', 'for', 'metadata'].some((option) => args.has(option))) {
      throw new UsageError('--type, --profile, --for or --metadata is required.');
    }
    presetOf(args);
  },
  async run({ clientRegistration }, args, io) {
    const preset = presetOf(args);
    const metadata = await gatherMetadata(args, io, preset);
    const registration = await clientRegistration();
    const { client, clientSecret } = await registration.create(metadata);
    const { client_id, ...shown } = presentClient(client);
    const credentials = { client_id, client_secret: clientSecret };
    const once = clientSecret === undefined ? '' : ' Its secret is shown only once; keep it.';
    const setting =
      preset?.setting === undefined ? '' : `\nSet in the application: ${preset.setting}\n`;
    const { violations: _, ...values } = shown;
    const described = `${describeValues({ ...credentials, ...values })}${describeViolations(client)}`;
    return {
      document: { ...credentials, ...shown },
      text: `The client is registered.${once}\n\n${described}${setting}`,
    };
  },
};

/** @throws UsageError */
function presetOf(args: Arguments): ClientPreset | undefined {
  const type = args.text('type');
  if (type !== undefined) {
    return findPresetOfType(type) ?? refuse('--type', type, clientTypes);
  }
  const name = args.text('for');
  if (name === undefined) return undefined;
  return findPreset(name) ?? refuse('--for', name, presetNames);
}

function refuse(option: string, value: string, values: readonly string[]): never {
  const near = nearestName(value, values);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  throw new UsageError(`${option} takes ${values.join(', ')}.${hint}`);
}

/** Merges the preset, the options and the metadata; later ones take precedence. */
async function gatherMetadata(
  args: Arguments,
  io: Io,
  preset: ClientPreset | undefined,
): Promise<unknown> {
  const written = await readMetadata(args, io);
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return written;
  const metadata: Readonly<Record<string, unknown>> = {
    ...preset?.metadata,
    ...readMetadataOptions(args),
    ...written,
  };
  const { redirect_uris: uris } = { ...defaultsOf(metadata), ...metadata };
  if ((preset || args.has('profile')) && uris === undefined) {
    throw new AppError('invalid_input', '--redirect-uri is required.');
  }
  return metadata;
}
