// Checks the files of the certificate, if this server terminates TLS. What clients see is checked by
// certificate.ts, and may still be the certificate before a renewal.
import { X509Certificate } from 'node:crypto';
import { describeFailure } from '#cli/framework/failures.ts';
import type { Config } from '#config/config.ts';
import type { Finding } from '#cli/doctor/findings.ts';
import {
  findCertificateProblems,
  type CertificateProblem,
} from '#server/listeners/certificate-problems.ts';
import { readTlsFiles } from '#server/listeners/tls-files.ts';
import { describeExpiry } from './certificate.ts';

const check = 'certificate files';

type Settings = Pick<
  Config,
  'tls' | 'clientCertificateCaFile' | 'issuerUrl' | 'clientCertificateOrigin' | 'trustedProxies'
>;

export async function inspectTlsFiles(config: Settings, now: Date): Promise<Finding[]> {
  try {
    const identity = await readTlsFiles(config);
    return identity ? inspectCertificateIn(identity.cert, config, now) : [];
  } catch (error) {
    const { message } = describeFailure(error);
    const next =
      'Correct the file or the setting; a running server keeps the certificate that it has.';
    return [{ check, state: 'fail', message, next }];
  }
}

function inspectCertificateIn(cert: string, config: Settings, now: Date): Finding[] {
  const problems = findCertificateProblems(cert, config, now);
  const areDatesWrong = problems.some(({ kind }) => kind === 'dates');
  const expiry = { ...describeExpiry(new Date(new X509Certificate(cert).validTo), now), check };
  const found = problems.map((problem) => describeProblem(problem, config));
  return areDatesWrong ? found : [...found, expiry];
}

function describeProblem(
  { kind, message }: CertificateProblem,
  { trustedProxies }: Settings,
): Finding {
  if (kind === 'dates') {
    return { check, state: 'fail', message, next: 'Renew it, and check why it was not renewed.' };
  }
  // A proxy that encrypts its connections to this server may expect another name.
  const state = trustedProxies.length > 0 ? 'warn' : 'fail';
  const next = 'Install a certificate for that host, unless only a proxy connects to this server.';
  return { check, state, message, next };
}
