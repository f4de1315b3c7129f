// Starts the built conformance suite. It keeps its plans and logs in a MongoDB.
import { setTimeout as pause } from 'node:timers/promises';
import type { Processes } from '#test/interop/processes.ts';
import type { SuiteApi } from '#conformance/suite/suite-api.ts';
import type { Addresses } from './addresses.ts';

export interface SuiteOptions {
  readonly jar: string;
  readonly mongoUri: string;
  /** The directory of a Java runtime; by default `java` in PATH. */
  readonly javaHome: string | undefined;
  readonly addresses: Addresses;
}

const startupSeconds = 300;
const unreachable = 'https://127.0.0.1:1';

export async function startSuite(
  processes: Processes,
  api: SuiteApi,
  { jar, mongoUri, javaHome, addresses }: SuiteOptions,
): Promise<void> {
  const { suite, suiteHttpPort } = addresses;
  const java = javaHome === undefined ? 'java' : `${javaHome}/bin/java`;
  const output = processes.start(java, [
    '-Xmx2500m',
    '-Djdk.tls.maxHandshakeMessageSize=65536',
    '-jar',
    jar,
    '--server.address=127.0.0.1',
    `--server.port=${suiteHttpPort}`,
    `--fintechlabs.base_url=${suite}`,
    `--fintechlabs.base_mtls_url=${suite}`,
    '--fintechlabs.devmode=true',
    `--spring.mongodb.uri=${mongoUri}`,
    // The suite signs its users in with these; in its development mode nobody does.
    `--oidc.google.iss=${unreachable}`,
    `--oidc.gitlab.iss=${unreachable}`,
  ]);
  for (let second = 0; second < startupSeconds; second += 1) {
    if (await api.isReady()) return;
    await pause(1000);
  }
  throw new Error(`The suite did not start within ${startupSeconds} seconds: ${output()}`);
}
