// The command `config accept`: accepts a deliberate change of settings that all nodes must share.
import type { DataCommand } from '#cli/framework/context.ts';

export const configAccept: DataCommand = {
  name: 'config accept',
  summary: 'Accept a changed issuer or key set; stop all nodes first.',
  options: {},
  async run({ installation }) {
    const changed = await installation.services.sharedSettings.accept();
    const text =
      changed.length === 0
        ? 'No setting has changed.\n'
        : `Accepted: ${changed.join(', ')}. Nodes with other values will refuse to start.\n`;
    return { document: { changed }, text };
  },
};
