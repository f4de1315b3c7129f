// A server in a separate process that terminates TLS itself, and requests client certificates on a second
// port.
import { describe } from 'node:test';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '#config/config.ts';
import { openServices } from '#server/composition.ts';
import { cheapSettings, collectWorks, settable, shareInSuite } from '#test/support/app.ts';
import type { Identity } from '#test/support/browser/certificate.ts';
import { createHttpsClient } from '#test/support/actors/https-client.ts';
import { startServer, type Settings } from '#test/support/cli/shell.ts';
import { createRegistrations } from '#test/support/data/registrations.ts';
import { makeAuthority } from '#test/support/steps/certificate-authority.ts';
import { createDatabase, createDirectory, createTestLog, type CleanUp } from './databases.ts';
import { findFreePorts } from './free-ports.ts';
import { startPatiently } from './start-patiently.ts';

export type TlsServer = Awaited<ReturnType<typeof startTlsServer>>;

export interface TlsServerOptions {
  readonly settings?: Settings;
  /** PEM of the CAs whose client certificates are verified; by default none are. */
  readonly clientCa?: string;
}

/** The names in the certificate of the server. */
export const ownNames = { subject: '/CN=localhost', alternativeNames: 'DNS:localhost' };

export async function startTlsServer(t: CleanUp, options: TlsServerOptions = {}) {
  const works = collectWorks();
  t.after(works.run);
  const authority = makeAuthority();
  const directory = await createDirectory(works);
  const files = {
    TLS_CERT_FILE: join(directory, 'cert.pem'),
    TLS_KEY_FILE: join(directory, 'key.pem'),
    CLIENT_CERTIFICATE_CA_FILE: join(directory, 'client-ca.pem'),
  };
  /** Replaces a file atomically. */
  const replace = async (file: keyof typeof files, text: string) => {
    await writeFile(`${files[file]}.new`, text, { mode: 0o600 });
    await rename(`${files[file]}.new`, files[file]);
  };
  const certify = async ({ cert, key }: Identity) => {
    await replace('TLS_CERT_FILE', cert);
    await replace('TLS_KEY_FILE', key);
  };
  await certify(authority.issue(ownNames));
  const { clientCa } = options;
  if (clientCa !== undefined) await replace('CLIENT_CERTIFICATE_CA_FILE', clientCa);

  const [port, askingPort] = await findFreePorts(2);
  const { CLIENT_CERTIFICATE_CA_FILE: caFile, ...certified } = files;
  const settings = {
    ...cheapSettings,
    ...certified,
    ...(clientCa === undefined ? {} : { CLIENT_CERTIFICATE_CA_FILE: caFile }),
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'json',
    PORT: String(port),
    CLIENT_CERTIFICATE_PORT: String(askingPort),
    ISSUER: `https://localhost:${port}`,
    DATABASE_URL: settable(await createDatabase(works)),
    DATA_DIRECTORY: directory,
    ...options.settings,
  } as Settings; // cheapSettings has a text for each of its names
  const config = readConfig(settings);
  const services = await startPatiently(() =>
    openServices({ config, log: createTestLog(), now: () => new Date() }),
  );
  works.after(() => services.close());
  const server = await startServer(works, settings);
  return {
    ...(await createRegistrations(services)),
    issuer: config.issuer,
    /** The origin at which clients are asked for a certificate. */
    askingOrigin: `https://localhost:${askingPort}`,
    server,
    authority,
    replace,
    /** Installs another certificate and key, one file after the other. */
    certify,
    /** A client that may present a certificate. */
    client: (own: Partial<Identity> = {}) =>
      createHttpsClient(works, { ca: authority.pem, ...own }),
  };
}

/** Runs the suite with its own server. */
export function describeTlsServer(
  rule: string,
  options: TlsServerOptions,
  suite: (server: () => TlsServer) => void,
): void {
  describe(rule, () => suite(shareInSuite((works) => startTlsServer(works, options))));
}
