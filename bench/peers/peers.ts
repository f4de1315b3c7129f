// Installs the other products that a run names.
import type { Peer } from '#bench/load/entrants.ts';
import type { PeerName } from '#bench/load/flow.ts';
import { openPeersDirectory } from './directory.ts';
import { installHydra } from './hydra/install.ts';
import { startHydra } from './hydra/start.ts';
import { installKeycloak, keycloakVersion } from './keycloak/install.ts';
import { startKeycloak } from './keycloak/start.ts';

type Provide = (directory: string, say: (line: string) => void) => Promise<Peer>;

const provideByName: Readonly<Record<PeerName, Provide>> = {
  async keycloak(directory, say) {
    const installed = await installKeycloak(directory, say);
    return {
      name: 'keycloak',
      versions: { Keycloak: keycloakVersion, Java: installed.java.version },
      start: (context) => startKeycloak(installed, context),
    };
  },
  async hydra(directory, say) {
    const installed = await installHydra(directory, say);
    return {
      name: 'hydra',
      versions: installed.versions,
      start: (context) => startHydra(installed, context),
    };
  },
};

/** @throws MissingProgramError with advice for the user */
export async function providePeers(
  names: readonly PeerName[],
  peersDirectory: string | undefined,
  say: (line: string) => void,
): Promise<readonly Peer[]> {
  if (names.length === 0) return [];
  const directory = await openPeersDirectory(peersDirectory);
  const peers: Peer[] = [];
  for (const name of names) peers.push(await provideByName[name](directory, say));
  return peers;
}
