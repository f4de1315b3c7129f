// The provider under test: one server with default settings, behind a TLS proxy or with TLS of its own,
// its user and its clients, made with the command line as an operator would.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Processes } from '#test/interop/processes.ts';
import { settable } from '#test/support/app.ts';
import type { Services } from '#test/support/services/services.ts';
import { startupSeconds, unreachable } from '#test/support/services/start-patiently.ts';
import type { TlsEnd } from '#conformance/options.ts';
import type { Addresses } from './addresses.ts';
import type { Certificates } from './certificates.ts';

export interface ProviderOptions {
  readonly directory: string;
  readonly addresses: Addresses;
  readonly certificates: Certificates;
  readonly services: Services;
  /** Settings by name, in addition to those below. */
  readonly settings: Readonly<Record<string, string>>;
  readonly tls: TlsEnd;
}

export interface Provider {
  /** Runs a command and returns the JSON document that it prints. */
  command(words: readonly string[], input?: string): Promise<Readonly<Record<string, unknown>>>;
}

const root = join(import.meta.dirname, '../..');

/** The proxy asks for client certificates. */
const behindProxy = { TRUSTED_PROXIES: '127.0.0.1', CLIENT_CERTIFICATE_HEADER: 'nginx' };

export async function startProvider(
  processes: Processes,
  options: ProviderOptions,
): Promise<Provider> {
  const { directory, addresses } = options;
  const env = environmentOf(options);
  const run = { cwd: directory, isolated: true, env };
  const health = new URL(`${addresses.issuer}/health/ready`);
  await startServer(
    () => processes.start(process.execPath, [join(root, 'bin/start.mjs')], run),
    health,
  );
  return {
    async command(words, input = '') {
      const args = [join(root, 'bin/ostiary.mjs'), ...words, '--json'];
      const printed = await processes.run(process.execPath, args, { ...run, input });
      return JSON.parse(printed) as Readonly<Record<string, unknown>>; // one JSON document
    },
  };
}

/** On a busy machine, a start is repeated that gave up because the database did not answer in time. */
async function startServer(start: () => () => string, health: URL): Promise<void> {
  const deadline = performance.now() + 2 * startupSeconds * 1000;
  let output = start();
  while (performance.now() < deadline) {
    if (await isReady(health)) return;
    if (output().includes(unreachable)) output = start();
    await pause(500);
  }
  throw new Error(`The provider did not start: ${output()}`);
}

async function isReady(health: URL): Promise<boolean> {
  // The authority of the run is not in the list of the system.
  const call = get(health, { rejectUnauthorized: false, agent: false });
  return once(call, 'response').then(
    ([response]: IncomingMessage[]) => response?.resume().statusCode === 200,
    () => false,
  );
}

/** What the environment of the provider requires; every rule of the protocol has its default. */
function environmentOf({
  directory,
  addresses,
  certificates,
  services,
  settings,
  tls,
}: ProviderOptions) {
  return {
    ISSUER: addresses.issuer,
    PORT: String(addresses.providerPort),
    DATABASE_URL: settable(services.databaseUrl),
    REDIS_URL: services.redisUrl,
    DATA_DIRECTORY: join(directory, 'data'),
    ENCRYPTION_KEYS: `conformance:${randomBytes(32).toString('base64')}`,
    COOKIE_KEYS: randomBytes(32).toString('base64url'),
    // The suite is on this machine, and signs in some sixty times per plan.
    OUTBOUND_ALLOW: '127.0.0.0/8',
    RATE_LIMITS: 'off',
    NODE_EXTRA_CA_CERTS: certificates.authorityFile,
    ...(tls === 'proxy' ? behindProxy : ownTls(addresses, certificates)),
    // The suite registers clients of its own, which send neither PKCE nor, once, a nonce.
    CLIENT_REGISTRATION: 'open',
    CLIENT_REGISTRATION_PKCE: 'off',
    WORKERS: '1',
    ...settings,
  };
}

function ownTls({ certificatePort }: Addresses, { directory }: Certificates) {
  return {
    TLS_CERT_FILE: join(directory, 'server.pem'),
    TLS_KEY_FILE: join(directory, 'server.key'),
    CLIENT_CERTIFICATE_PORT: String(certificatePort),
  };
}
