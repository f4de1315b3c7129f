// The command `config accept`: accepts a deliberate change of settings that all nodes must share.
import type { Command } from '#cli/framework/command.ts';
import type { ClusterSettings } from '#features/cluster-settings/cluster-settings.service.ts';

interface Needs {
  readonly clusterSettings: ClusterSettings;
}

export const configAccept: Command<Needs> = {
  name: 'config accept',
  summary: 'Accept a changed issuer or key set; stop all nodes first.',
  options: {},
  async run({ clusterSettings }) {
    const changed = await clusterSettings.accept();
    const text =
      changed.length === 0
        ? 'No setting has changed.\n'
        : `Accepted: ${changed.join(', ')}. Nodes with other values will refuse to start.\n`;
    return { document: { changed }, text };
  },
};
