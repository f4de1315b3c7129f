// The files with the certificate of this server, its private key and the CAs of clients: read and
// checked together, because a renewal replaces them one after the other.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Config } from '#config/config.ts';
import { AppError } from '#platform/errors.ts';
import { secureContextOf } from './secure-context.ts';

export type TlsSettings = Pick<Config, 'tls' | 'clientCertificateCaFile'>;

/** The content of the files, as PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string | undefined;
}

/**
 * `undefined` if this server does not terminate TLS.
 * @throws AppError `invalid_input`, one sentence that names the setting
 */
export async function readTlsFiles({
  tls,
  clientCertificateCaFile,
}: TlsSettings): Promise<TlsIdentity | undefined> {
  if (!tls) return undefined;
  const [cert, key, clientCa] = await Promise.all([
    read('TLS_CERT_FILE', tls.certFile),
    read('TLS_KEY_FILE', tls.keyFile),
    clientCertificateCaFile && read('CLIENT_CERTIFICATE_CA_FILE', clientCertificateCaFile),
  ]);
  const identity = { cert, key, clientCa };
  checkIdentity(identity);
  return identity;
}

export function isSameIdentity(one: TlsIdentity, other: TlsIdentity): boolean {
  return one.cert === other.cert && one.key === other.key && one.clientCa === other.clientCa;
}

async function read(setting: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw fault(`${setting} cannot be read from ${JSON.stringify(path)} (${why}).`, cause);
  }
}

function checkIdentity({ cert, key, clientCa }: TlsIdentity): void {
  const [leaf] = parseCertificates('TLS_CERT_FILE', cert);
  if (clientCa !== undefined) parseCertificates('CLIENT_CERTIFICATE_CA_FILE', clientCa);
  if (!leaf.checkPrivateKey(parseKey(key))) {
    throw fault('TLS_KEY_FILE is not the private key of the first certificate in TLS_CERT_FILE.');
  }
  try {
    createSecureContext(secureContextOf({ cert, key, clientCa }));
  } catch (cause) {
    // For example, a key that is too short.
    const why = cause instanceof Error ? cause.message : String(cause);
    throw fault(`TLS_CERT_FILE and TLS_KEY_FILE cannot be used (${why}).`, cause);
  }
}

/** A file that is truncated within a certificate is refused too. */
function parseCertificates(setting: string, text: string): [X509Certificate, ...X509Certificate[]] {
  const begun = text.split('-----BEGIN CERTIFICATE-----').length - 1;
  const whole = text.match(pemCertificate) ?? [];
  try {
    const [first, ...others] = whole.map((pem) => new X509Certificate(pem));
    if (first && whole.length === begun) return [first, ...others];
  } catch (cause) {
    throw fault(`${setting} contains a certificate that cannot be read.`, cause);
  }
  throw fault(`${setting} does not contain whole certificates in PEM form.`);
}

const pemCertificate = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

function parseKey(text: string) {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    const isEncrypted = /ENCRYPTED/.test(text);
    const why = isEncrypted
      ? 'is protected by a passphrase'
      : 'contains no private key in PEM form';
    throw fault(`TLS_KEY_FILE ${why}.`, cause);
  }
}

function fault(message: string, cause?: unknown): AppError {
  return new AppError('invalid_input', message, { cause });
}
