// config accept: for settings that were changed on purpose although all nodes must have them in common.
import type { DataCommand } from '#cli/framework/context.ts';

export const configAccept: DataCommand = {
  name: 'config accept',
  summary: 'Take the issuer and keys of these settings for the right ones; stop all nodes before.',
  options: {},
  async run({ installation }) {
    const changed = await installation.services.sharedSettings.accept();
    const text =
      changed.length === 0
        ? 'These settings are those that were noted.\n'
        : `Accepted: ${changed.join(', ')}. Nodes with other values do not start any more.\n`;
    return { document: { changed }, text };
  },
};
