// The command `config accept`: accepts a deliberate change of settings that all nodes must share.
import type { Command } from '#cli/framework/command.ts';
import type { SharedSettings } from '#features/cluster-settings/cluster-settings.service.ts';

interface Needs {
  readonly sharedSettings: SharedSettings;
}

export const configAccept: Command<Needs> = {
  name: 'config accept',
  summary: 'Accept a changed issuer or key set; stop all nodes first.',
  options: {},
  async run({ sharedSettings }) {
    const changed = await sharedSettings.accept();
    const text =
      changed.length === 0
        ? 'No setting has changed.\n'
        : `Accepted: ${changed.join(', ')}. Nodes with other values will refuse to start.\n`;
    return { document: { changed }, text };
  },
};
