// Client certificates made with openssl, and requests as a proxy of each kind passes them on.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createHash, X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Send } from '#test/support/actors/http-client.ts';

export interface CertificateFacts {
  /** In the form of openssl, such as `/C=AT/O=Bank/CN=client`. */
  readonly subject?: string;
  /** In the form of openssl, such as `DNS:client.example`. */
  readonly alternativeNames?: string;
}

export interface TestCertificate {
  readonly pem: string;
  /** The private key, for connections that a test opens itself. */
  readonly key: string;
  readonly der: Buffer;
  /** For `x5c`. */
  readonly base64: string;
  /** For `cnf.x5t#S256` (RFC 8705 §3.1). */
  readonly thumbprint: string;
  /** The public key with its certificate, for the `jwks` of a client. */
  readonly jwk: Readonly<Record<string, unknown>>;
}

/** A proxy on this machine that passes on certificates as nginx does, and verifies them. */
export const nginxSettings = {
  TRUSTED_PROXIES: '127.0.0.1',
  CLIENT_CERTIFICATE_HEADER: 'nginx',
  CLIENT_CERTIFICATE_VERIFICATION: 'proxy',
} as const;

/** Metadata of a client whose tokens are bound to its certificate. */
export const bound = { tls_client_certificate_bound_access_tokens: true };

/** Metadata of a client that authenticates with a registered certificate. */
export const bySelfSigned = ({ jwk }: TestCertificate) => ({
  token_endpoint_auth_method: 'self_signed_tls_client_auth',
  jwks: { keys: [{ ...jwk, use: 'sig' }] },
});

/** A self-signed certificate: whether a CA signed it is known to the proxy only. */
export function makeCertificate(facts: CertificateFacts = {}): TestCertificate {
  const { subject = '/CN=client', alternativeNames } = facts;
  const directory = mkdtempSync(join(tmpdir(), 'certificate-'));
  try {
    const file = join(directory, 'client.pem');
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const written = ['-keyout', join(directory, 'key.pem'), '-out', file, '-days', '2'];
    const names = alternativeNames ? ['-addext', `subjectAltName=${alternativeNames}`] : [];
    const named = ['-utf8', '-subj', subject, ...names];
    execFileSync('openssl', ['req', '-x509', ...key, ...written, ...named], { stdio: 'pipe' });
    const privateKey = readFileSync(join(directory, 'key.pem'), 'utf8');
    return describeCertificate(readFileSync(file, 'utf8'), privateKey);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export function describeCertificate(pem: string, privateKey: string): TestCertificate {
  const certificate = new X509Certificate(pem);
  const der = certificate.raw;
  const base64 = der.toString('base64');
  return {
    pem,
    key: privateKey,
    der,
    base64,
    thumbprint: createHash('sha256').update(der).digest('base64url'),
    jwk: { ...certificate.publicKey.export({ format: 'jwk' }), x5c: [base64] },
  };
}

/** The headers that nginx adds, as in docs/guides/mutual-tls.md. */
export function nginxHeaders(certificate: TestCertificate, verify = 'SUCCESS') {
  return {
    'x-ssl-client-cert': encodeURIComponent(certificate.pem),
    'x-ssl-client-verify': verify,
  };
}

/** Like `send`, through a proxy that adds these headers to every request. */
export function withHeaders(send: Send, added: Readonly<Record<string, string>>): Send {
  return (url, request = {}) =>
    send(url, { ...request, headers: { ...request.headers, ...added } });
}
