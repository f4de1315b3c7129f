// The messages of `config check`, `doctor` and a start about the certificate of a server that terminates TLS.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { inspectProxies } from '#cli/doctor/network/proxies.ts';
import { inspectTlsFiles } from '#cli/doctor/network/tls-files.ts';
import { readConfig } from '#config/config.ts';
import { createEmptyDirectory, openShell, startServer } from '#test/support/cli/shell.ts';
import { makeAuthority } from '#test/support/steps/certificate-authority.ts';

const authority = makeAuthority();
const own = authority.issue({ alternativeNames: 'DNS:id.localhost' });
const dayMs = 24 * 60 * 60 * 1000;

describe('config check', () => {
  it('refuses files that the server could not use, in one sentence', async (t) => {
    const settings = await settingsOf(t, { cert: own.cert, key: authority.issue({}).key });
    const check = await openShell(t, settings);
    const missing = await openShell(t, { ...settings, TLS_KEY_FILE: '/missing/key.pem' });

    const foreign = await check.run(['config', 'check', '--json']);
    const absent = await missing.run(['config', 'check']);

    const message =
      'TLS_KEY_FILE is not the private key of the first certificate in TLS_CERT_FILE.';
    assert.deepEqual(foreign.json()['faults'], [message]);
    assert.equal(absent.out, 'TLS_KEY_FILE cannot be read from "/missing/key.pem" (ENOENT).\n');
    assert.deepEqual([foreign.exitCode, absent.exitCode], [1, 1]);
  });

  it('warns of a certificate for another host', async (t) => {
    const settings = await settingsOf(t, own);
    const shell = await openShell(t, { ...settings, ISSUER: 'https://other.localhost' });

    const { out, exitCode } = await shell.run(['config', 'check']);

    assert.match(
      out,
      /^The certificate in TLS_CERT_FILE is not for other\.localhost, the host of/m,
    );
    assert.equal(exitCode, 0);
  });
});

describe('a start', () => {
  it('fails with one sentence if the files cannot be used, even with several workers', async (t) => {
    const settings = await settingsOf(t, { cert: '', key: own.key });
    const stores = { DATABASE_URL: 'postgres://localhost/none', REDIS_URL: 'redis://localhost:1' };

    for (const more of [{}, { ...stores, WORKERS: '2' }]) {
      const start = startServer(t, { ...settings, ...more });

      const message =
        /'The server ended: TLS_CERT_FILE does not contain whole certificates .*\.\\n'/;
      await assert.rejects(start, message);
    }
  });
});

describe('doctor', () => {
  it('checks the certificate files, their host and how long they are valid', async (t) => {
    const settings = await settingsOf(t, own);
    const inspect = async (changed: Readonly<Record<string, string>>, days = 0) => {
      const config = readConfig({ NODE_ENV: 'development', ...settings, ...changed });
      const found = await inspectTlsFiles(config, new Date(Date.now() + days * dayMs));
      return found.map(({ state, message }) => `${state} ${message}`);
    };
    const ISSUER = 'https://other.localhost';

    assert.match(String(await inspect({})), /^ok It is valid until \d{4}-\d\d-\d\d\.$/);
    assert.match(String(await inspect({}, 20)), /^warn It expires on .*, in 9 days\.$/);
    assert.match(
      String(await inspect({}, 31)),
      /^fail The certificate in TLS_CERT_FILE expired on/,
    );
    const [host, expiry] = await inspect({ ISSUER }, 20);
    assert.match(String(host), /^fail .* is not for other\.localhost/);
    assert.match(String(expiry), /^warn It expires/);
    const proxied = { ISSUER, TRUSTED_PROXIES: '10.0.0.1' };
    assert.match(String(await inspect(proxied)), /^warn .* is not for other\.localhost/);
    assert.match(
      String(await inspect({ TLS_KEY_FILE: '/missing' })),
      /^fail TLS_KEY_FILE cannot be/,
    );
    assert.deepEqual(await inspectTlsFiles(readConfig({}), new Date()), []);
  });

  it('expects no proxy in front of a server that terminates TLS', async (t) => {
    const config = readConfig({ NODE_ENV: 'development', ...(await settingsOf(t, own)) });

    assert.deepEqual(inspectProxies(config), []);
  });
});

async function settingsOf(t: TestContext, { cert, key }: { cert: string; key: string }) {
  const directory = await createEmptyDirectory(t);
  const files = {
    TLS_CERT_FILE: join(directory, 'cert.pem'),
    TLS_KEY_FILE: join(directory, 'key.pem'),
  };
  await writeFile(files.TLS_CERT_FILE, cert);
  await writeFile(files.TLS_KEY_FILE, key);
  return { ISSUER: 'https://id.localhost', ...files };
}
