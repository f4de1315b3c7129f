// Certificate authorities created with openssl, and their certificates for servers and clients that open TLS
// connections in a test.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identity } from '#test/support/browser/certificate.ts';
import type { CertificateFacts } from './client-certificates.ts';

export interface Authority {
  /** Its own certificate. */
  readonly pem: string;
  /** A certificate of 30 days, unless the facts name another lifetime. */
  issue(facts: CertificateFacts & { readonly days?: number }): Identity;
  /** An intermediate authority, certified by this one. */
  delegate(): Authority;
}

const ofCa = 'basicConstraints=critical,CA:TRUE';
/**
 * Names the key that signed the certificate (RFC 5280 §4.2.1.1, §4.2.1.2). Without it, OpenSSL checks the
 * signature against any CA of the same name, and Node.js may close the connection of a client that fails this
 * check before its request is read.
 */
const ofKeys = 'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid';
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

export function makeAuthority(): Authority {
  return authorityOf(
    inDirectory((directory) => {
      const written = ['-keyout', 'key.pem', '-out', 'cert.pem', '-days', '30'];
      openssl(directory, ['req', '-x509', ...newKey, ...written, '-subj', '/CN=Test CA']);
      return readIdentity(directory);
    }),
  );
}

function authorityOf(own: Identity): Authority {
  return {
    pem: own.cert,
    issue: ({ subject = '/CN=client', alternativeNames, days = 30 }) => {
      const extension = alternativeNames ? `subjectAltName=${alternativeNames}` : undefined;
      return certify(own, { subject, extension, days });
    },
    delegate: () =>
      authorityOf(certify(own, { subject: '/CN=Issuing CA', extension: ofCa, days: 30 })),
  };
}

interface Request {
  /** In openssl's notation. */
  readonly subject: string;
  readonly extension: string | undefined;
  readonly days: number;
}

function certify(authority: Identity, { subject, extension, days }: Request): Identity {
  return inDirectory((directory) => {
    writeFileSync(join(directory, 'ca.pem'), authority.cert);
    writeFileSync(join(directory, 'ca-key.pem'), authority.key);
    writeFileSync(join(directory, 'extensions'), `${ofKeys}\n${extension ?? ''}\n`);
    const request = ['-keyout', 'key.pem', '-out', 'request.pem', '-utf8', '-subj', subject];
    openssl(directory, ['req', ...newKey, ...request]);
    const signer = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial'];
    const certificate = ['-extfile', 'extensions', '-days', String(days), '-out', 'cert.pem'];
    openssl(directory, ['x509', '-req', '-in', 'request.pem', ...signer, ...certificate]);
    return readIdentity(directory);
  });
}

function readIdentity(directory: string): Identity {
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  return { key: read('key.pem'), cert: read('cert.pem') };
}

function openssl(cwd: string, args: readonly string[]): void {
  execFileSync('openssl', args, { cwd, stdio: 'pipe' });
}

function inDirectory<Result>(work: (directory: string) => Result): Result {
  const directory = mkdtempSync(join(tmpdir(), 'authority-'));
  try {
    return work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
