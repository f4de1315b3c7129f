// `export`: prints the configuration of the installation as a file that `apply` reads.
import type { Command } from '#cli/framework/command.ts';
import type { Configuration } from '#features/configuration-as-code/configuration.service.ts';

interface Needs {
  readonly configuration: Configuration;
}

export const exportConfiguration: Command<Needs> = {
  name: 'export',
  summary: 'Print the configuration as a file for apply.',
  options: {},
  examples: ['export > ostiary.yaml', 'export | ostiary apply - --plan'],
  async run({ configuration }) {
    const kinds = await configuration.export();
    // Loaded on first use: the YAML library is large, and every server has this command.
    const { printYaml, toDocument } =
      await import('#features/configuration-as-code/document/print-document.ts');
    return { document: toDocument(kinds), text: printYaml(kinds) };
  },
};
