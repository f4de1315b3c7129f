// `apply-document`: the part of `apply` that works on the data. Internal; the process of the command
// line has read the file and its secrets.
import type { Command } from '#cli/framework/command.ts';
import { readJson } from '#cli/framework/json.ts';
import type { Configuration } from '#features/configuration-as-code/configuration.service.ts';
import type { ConfigurationDocument } from '#features/configuration-as-code/document/document.ts';
import { presentApplied } from './present-plan.ts';

interface Needs {
  readonly configuration: Configuration;
}

export const applyDocument: Command<Needs> = {
  name: 'apply-document',
  summary: 'Internal part of apply.',
  isInternal: true,
  options: {
    plan: { meaning: 'Write nothing' },
    prune: { meaning: 'Delete what the file does not contain' },
    document: {
      reads: 'stdin',
      isRequired: true,
      meaning: 'Read the document from standard input',
    },
  },
  async run({ configuration }, args, io) {
    // The command line has validated it, and only the owner of the data directory can send it.
    const document = readJson(await io.stdin(), 'The document') as ConfigurationDocument;
    const options = { isPlan: args.has('plan'), prunes: args.has('prune') };
    return {
      document: presentApplied(await configuration.apply(document, options), options),
      text: '',
    };
  },
};
