// client create: registers a client from a preset, from RFC 7591 metadata, or from both.
import { findPreset, presetNames, type ClientPreset } from '#core/clients/client-presets.ts';
import { nearestName } from '#platform/edit-distance.ts';
import { AppError } from '#platform/errors.ts';
import type { Command } from '#cli/framework/command.ts';
import type { ClientRegistration } from '#oidc/clients/client-registration.ts';
import { UsageError } from '#cli/framework/arguments.ts';
import { describeValues } from '#cli/framework/columns.ts';
import type { Arguments, Io } from '#cli/framework/command.ts';
import { readJson } from '#cli/framework/json.ts';
import { describeViolations, presentClient } from './format-client.ts';

interface Needs {
  readonly clientRegistration: () => Promise<ClientRegistration>;
}

export const clientCreate: Command<Needs> = {
  name: 'client create',
  summary: 'Register a client from a preset or from its metadata.',
  options: {
    for: { value: 'LIBRARY', meaning: `Preset: ${presetNames.join(', ')}` },
    'redirect-uri': { value: 'URL', meaning: 'Redirect URI' },
    'post-logout-redirect-uri': { value: 'URL', meaning: 'Redirect URI after logout' },
    name: { value: 'N', meaning: 'Display name' },
    metadata: {
      value: 'FILE|-',
      reads: 'file',
      meaning:
        'RFC 7591 metadata, a JSON object that takes precedence; also first_party and resources',
    },
  },
  check(args) {
    if (!args.has('for') && !args.has('metadata')) {
      throw new UsageError('--for or --metadata is required.');
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
  const name = args.text('for');
  if (name === undefined) return undefined;
  const preset = findPreset(name);
  if (preset) return preset;
  const near = nearestName(name, presetNames);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  throw new UsageError(`--for takes ${presetNames.join(', ')}.${hint}`);
}

/** Merges the preset, the options and the metadata; later ones take precedence. */
async function gatherMetadata(
  args: Arguments,
  io: Io,
  preset: ClientPreset | undefined,
): Promise<unknown> {
  const written = args.has('metadata')
    ? readJson(await io.file(args.required('metadata')), 'The metadata')
    : {};
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return written;
  const redirectUri = args.text('redirect-uri');
  const afterLogout = args.text('post-logout-redirect-uri');
  const name = args.text('name');
  const metadata: Readonly<Record<string, unknown>> = {
    ...preset?.metadata,
    ...(redirectUri === undefined ? {} : { redirect_uris: [redirectUri] }),
    ...(afterLogout === undefined ? {} : { post_logout_redirect_uris: [afterLogout] }),
    ...(name === undefined ? {} : { client_name: name }),
    ...written,
  };
  if (preset && metadata['redirect_uris'] === undefined) {
    throw new AppError('invalid_input', '--redirect-uri is required.');
  }
  return metadata;
}
