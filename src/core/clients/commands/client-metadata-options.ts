// The options of `client create` and `client update` for the members of the metadata that most
// clients need. All others are given as JSON.
import { UsageError } from '#cli/framework/arguments.ts';
import type { Arguments, Io, Options } from '#cli/framework/command.ts';
import {
  isProfileName,
  profileNames,
  type ProfileName,
} from '#core/clients/profiles/client-profiles.ts';
import { readJson } from '#cli/framework/json.ts';

export const metadataOptions: Options = {
  name: { value: 'N', meaning: 'Display name' },
  'redirect-uri': { value: 'URL', isRepeatable: true, meaning: 'Redirect URI; may be repeated' },
  'post-logout-redirect-uri': {
    value: 'URL',
    isRepeatable: true,
    meaning: 'Redirect URI after logout; may be repeated',
  },
  profile: { value: 'NAME', meaning: `What is enforced: ${profileNames.join(', ')}` },
  scope: { value: '"a b"', meaning: 'Limits the client to these scopes, in one argument' },
};

/** The members that the options state. */
export function readMetadataOptions(args: Arguments): Readonly<Record<string, unknown>> {
  const redirectUris = args.list('redirect-uri');
  const afterLogout = args.list('post-logout-redirect-uri');
  const [name, scope] = [args.text('name'), args.text('scope')];
  const profile = args.text('profile');
  return {
    ...(redirectUris.length === 0 ? {} : { redirect_uris: redirectUris }),
    ...(afterLogout.length === 0 ? {} : { post_logout_redirect_uris: afterLogout }),
    ...(name === undefined ? {} : { client_name: name }),
    ...(scope === undefined ? {} : { scope }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** @throws UsageError */
export function readProfile(name: string | undefined): ProfileName | undefined {
  if (name === undefined || isProfileName(name)) return name;
  throw new UsageError(`--profile takes ${profileNames.join(', ')}.`);
}

/** The content of --metadata; an empty object without it. */
export async function readMetadata(args: Arguments, io: Io): Promise<unknown> {
  if (!args.has('metadata')) return {};
  return readJson(await io.file(args.required('metadata')), 'The metadata');
}
