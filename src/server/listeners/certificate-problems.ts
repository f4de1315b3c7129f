// The problems that clients would find in a readable certificate of this server. None of them prevents a
// start: an expired certificate can be renewed while the server runs, and a proxy that encrypts its
// connections to this server may expect another name.
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Config } from '#config/config.ts';

export interface CertificateProblem {
  readonly kind: 'dates' | 'host';
  /** One sentence. */
  readonly message: string;
}

export type CertifiedHosts = Pick<Config, 'issuerUrl' | 'clientCertificateOrigin'>;

/** @param cert PEM; the first certificate is that of the server */
export function findCertificateProblems(
  cert: string,
  { issuerUrl, clientCertificateOrigin }: CertifiedHosts,
  now: Date,
): readonly CertificateProblem[] {
  const certificate = new X509Certificate(cert);
  const problems: CertificateProblem[] = [];
  const [begin, end] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  if (end <= now) problems.push(ofDates(`expired on ${dayOf(end)}`));
  if (begin > now) problems.push(ofDates(`is not valid before ${dayOf(begin)}`));
  const hosts = new Map([[issuerUrl.hostname, 'ISSUER']]);
  if (clientCertificateOrigin !== undefined) {
    const { hostname } = new URL(clientCertificateOrigin);
    if (!hosts.has(hostname)) hosts.set(hostname, 'CLIENT_CERTIFICATE_ORIGIN');
  }
  for (const [hostname, setting] of hosts) {
    if (names(certificate, hostname)) continue;
    const message = `The certificate in TLS_CERT_FILE is not for ${hostname}, the host of ${setting}.`;
    problems.push({ kind: 'host', message });
  }
  return problems;
}

function ofDates(what: string): CertificateProblem {
  return { kind: 'dates', message: `The certificate in TLS_CERT_FILE ${what}.` };
}

/** Clients check alternative names only, not the common name (RFC 9525 §6.3). */
function names(certificate: X509Certificate, hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0) return certificate.checkIP(address) !== undefined;
  return certificate.checkHost(hostname, { subject: 'never' }) !== undefined;
}

export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
