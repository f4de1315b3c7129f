// Installs the distribution of Keycloak from the Maven repository that the user's settings name.
import { join } from 'node:path';
import { provide } from '#bench/peers/directory.ts';
import { findJava, requireInPath, run, type Java } from '#bench/peers/programs.ts';

export const keycloakVersion = '26.7.3';
const artifact = `org.keycloak:keycloak-quarkus-dist:${keycloakVersion}:zip`;
const unpack = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack';
/** Without a cluster, which would listen to other machines. Some options take effect only in a build. */
export const installedOptions = { KC_DB: 'postgres', KC_CACHE: 'local' };

export interface InstalledKeycloak {
  readonly home: string;
  readonly java: Java;
}

/** @throws MissingProgramError without Java, or without Maven if it is not yet installed */
export async function installKeycloak(
  directory: string,
  say: (line: string) => void,
): Promise<InstalledKeycloak> {
  const java = findJava();
  const name = `keycloak-${keycloakVersion}`;
  const recipe = [artifact, ...Object.values(installedOptions)].join(' ');
  const home = await provide(directory, { name, recipe, install }, say);
  return { home, java };

  async function install(empty: string): Promise<string> {
    const maven = requireInPath('mvn', 'Install Maven: it downloads Keycloak.');
    const target = [`-Dartifact=${artifact}`, `-DoutputDirectory=${empty}`];
    const options = ['--batch-mode', '--quiet', '--strict-checksums', ...target];
    await run(maven, [unpack, ...options], { cwd: empty });
    const unpacked = join(empty, name);
    const env = { ...installedOptions, JAVA_HOME: java.home };
    await run(join(unpacked, 'bin/kc.sh'), ['build'], { cwd: unpacked, env });
    return unpacked;
  }
}
