// client create: registers an app from RFC 7591 metadata.
import type { DataCommand } from '#commands/context.ts';
import { describeValues } from '#commands/line/columns.ts';
import { readJson } from '#commands/line/json.ts';
import { presentClient } from './presentation.ts';

export const clientCreate: DataCommand = {
  name: 'client create',
  summary: 'Register an app.',
  options: {
    metadata: {
      value: 'FILE|-',
      isRequired: true,
      reads: 'file',
      meaning: 'RFC 7591 metadata, a JSON object; also first_party and resources',
    },
  },
  async run(context, args, io) {
    const metadata = readJson(await io.file(args.required('metadata')), 'The metadata');
    const registration = await context.clientRegistration();
    const { client, clientSecret } = await registration.create(metadata);
    const { client_id, ...shown } = presentClient(client);
    const credentials = { client_id, client_secret: clientSecret };
    const once =
      clientSecret === undefined ? '' : ' Its secret is shown this once; please keep it.';
    return {
      document: { ...credentials, ...shown },
      text: `The app is registered.${once}\n\n${describeValues({ ...credentials, ...shown })}`,
    };
  },
};
