// The files of a certificate: refusals, warnings, and how a renewal reads them.
import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createPrometheusMetrics, renderScraped } from '#platform/metrics/prometheus-metrics.ts';
import { createLog } from '#platform/logging/log.ts';
import { findCertificateProblems } from '#server/listeners/certificate-problems.ts';
import { readTlsFiles } from '#server/listeners/tls-files.ts';
import { renewForever } from '#server/listeners/tls-renewal.ts';
import { createEmptyDirectory } from '#test/support/cli/shell.ts';
import { makeAuthority } from '#test/support/steps/certificate-authority.ts';

const authority = makeAuthority();
const own = authority.issue({ alternativeNames: 'DNS:id.example.com,DNS:*.apps.example.com' });
const other = authority.issue({ alternativeNames: 'DNS:id.example.com', days: 60 });
const hosts = { issuerUrl: new URL('https://id.example.com') };
const dayMs = 24 * 60 * 60 * 1000;

describe('the files of a certificate', () => {
  it('are accepted with intermediate certificates and any kind of line breaks', async (t) => {
    const cert = `${own.cert}${authority.pem}`.replaceAll('\n', '\r\n');

    const identity = await (await aFolder(t, { ...own, cert })).read();

    assert.equal(identity?.cert, cert);
  });

  const passphrase = {
    cipher: 'aes-256-cbc',
    passphrase: 'x',
    type: 'pkcs8',
    format: 'pem',
  } as const;
  const encrypted = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(
    passphrase,
  );
  const refused = [
    [
      'a missing file',
      { cert: undefined },
      /^TLS_CERT_FILE cannot be read from ".*cert\.pem" \(ENOENT\)\.$/,
    ],
    ['no PEM', { cert: 'x' }, /^TLS_CERT_FILE does not contain whole certificates in PEM form\.$/],
    [
      'a certificate that is cut off',
      { cert: own.cert.slice(0, 300) },
      /TLS_CERT_FILE does not contain whole/,
    ],
    [
      'a chain that is cut off',
      { cert: own.cert + own.cert.slice(0, 300) },
      /TLS_CERT_FILE does not contain whole/,
    ],
    [
      'an unreadable certificate',
      { cert: own.cert.replace(/M/g, 'N') },
      /TLS_CERT_FILE contains a certificate that cannot/,
    ],
    ['no private key', { key: own.cert }, /^TLS_KEY_FILE contains no private key in PEM form\.$/],
    [
      'an encrypted key',
      { key: String(encrypted) },
      /^TLS_KEY_FILE is protected by a passphrase\.$/,
    ],
    [
      'the key of another certificate',
      { key: other.key },
      /^TLS_KEY_FILE is not the private key of/,
    ],
    [
      'a chain in the wrong order',
      { cert: authority.pem + own.cert },
      /^TLS_KEY_FILE is not the private key of/,
    ],
    ['no CA', { ca: '' }, /^CLIENT_CERTIFICATE_CA_FILE does not contain whole/],
  ] as const;
  for (const [name, changed, message] of refused) {
    it(`are refused with ${name}, in one sentence`, async (t) => {
      const folder = await aFolder(t, { ...own, ca: authority.pem, ...changed });

      await assert.rejects(folder.read(), { name: 'AppError', message });
    });
  }
});

describe('a readable certificate', () => {
  const problemsOf = (changed: Partial<typeof hosts> | object, days = 0) =>
    findCertificateProblems(
      own.cert,
      { ...hosts, ...changed },
      new Date(Date.now() + days * dayMs),
    ).map(({ message }) => message);

  it('has no problem for its names', () => {
    assert.deepEqual(problemsOf({}), []);
    assert.deepEqual(problemsOf({ clientCertificateOrigin: 'https://id.example.com:8443' }), []);
    assert.deepEqual(problemsOf({ issuerUrl: new URL('https://a.apps.example.com') }), []);
  });

  it('is not valid for another host, nor for its common name', () => {
    const [issuer] = problemsOf({ issuerUrl: new URL('https://example.com') });
    const [subject] = problemsOf({ issuerUrl: new URL('https://client') });
    const [address] = problemsOf({ issuerUrl: new URL('https://[::1]') });
    const [origin] = problemsOf({ clientCertificateOrigin: 'https://mtls.example.com' });

    assert.equal(
      issuer,
      'The certificate in TLS_CERT_FILE is not for example.com, the host of ISSUER.',
    );
    assert.match(subject ?? '', /not for client/);
    assert.match(address ?? '', /not for \[::1\]/);
    assert.match(origin ?? '', /mtls\.example\.com, the host of CLIENT_CERTIFICATE_ORIGIN\.$/);
  });

  it('has a first and a last day', () => {
    assert.match(String(problemsOf({}, 31)), /^The certificate in TLS_CERT_FILE expired on \d{4}-/);
    assert.match(String(problemsOf({}, -2)), /is not valid before \d{4}-/);
  });
});

describe('a renewal', () => {
  it('keeps the certificate in use while the files do not fit, and warns once', async (t) => {
    const folder = await aFolder(t, own);
    const identity = await folder.read();
    assert.ok(identity);
    const stop = new AbortController();
    const metrics = await createPrometheusMetrics();
    const lines: string[] = [];
    const used: string[] = [];
    const reads = { count: 0 };
    const log = createLog({
      level: 'info',
      destination: { write: (line) => void lines.push(line) },
    });
    const done = renewForever({
      hosts,
      identity,
      read: () => {
        reads.count += 1;
        return folder.read();
      },
      use: ({ cert }) => void used.push(cert),
      metrics,
      log,
      now: () => new Date(),
      signal: stop.signal,
      intervalMilliseconds: 1,
    });
    const readAgain = async () => {
      const enough = reads.count + 5;
      while (reads.count < enough) await pause(1);
    };

    await folder.write({ cert: other.cert });
    await readAgain();
    assert.deepEqual(used, []);
    await folder.write({ key: other.key });
    await readAgain();
    stop.abort();
    await done;

    const { validTo } = new X509Certificate(other.cert);
    const scraped = await renderScraped([await metrics.scrape({ isShared: true })]);
    const [, expiry] = /^ostiary_certificate_expiry_timestamp_seconds (\S+)$/m.exec(scraped) ?? [];
    assert.deepEqual(used, [other.cert]);
    assert.equal(Number(expiry), Date.parse(validTo) / 1000);
    assert.equal(lines.filter((line) => line.includes('tls.kept')).length, 1);
    assert.equal(lines.filter((line) => line.includes('tls.renewed')).length, 1);
  });
});

interface Content {
  readonly cert?: string | undefined;
  readonly key?: string;
  readonly ca?: string;
}

/** A folder with the files, of which `read` reads all. */
async function aFolder(t: TestContext, content: Content) {
  const directory = await createEmptyDirectory(t);
  const tls = { certFile: join(directory, 'cert.pem'), keyFile: join(directory, 'key.pem') };
  const caFile = join(directory, 'ca.pem');
  const write = async ({ cert, key, ca }: Content) => {
    if (cert !== undefined) await writeFile(tls.certFile, cert);
    if (key !== undefined) await writeFile(tls.keyFile, key);
    if (ca !== undefined) await writeFile(caFile, ca);
  };
  await write(content);
  const hasCa = content.ca !== undefined;
  return {
    write,
    read: () => readTlsFiles({ tls, ...(hasCa ? { clientCertificateCaFile: caFile } : {}) }),
  };
}
