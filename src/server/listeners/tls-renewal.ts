// Uses renewed certificates without a restart, and warns of a certificate that clients would refuse. Every
// process reads the files again every few seconds, which needs no signal and works however they are replaced:
// one after the other, as by an ACME client, or all at once through a symbolic link, as by Kubernetes.
import { X509Certificate } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '#platform/errors.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Metrics } from '#platform/metrics/metrics.ts';
import { findCertificateProblems, type CertifiedHosts } from './certificate-problems.ts';
import { isSameIdentity, type TlsIdentity } from './tls-files.ts';

const usualInterval = 2_000;

export interface TlsRenewalOptions {
  readonly hosts: CertifiedHosts;
  /** The files as read at startup. */
  readonly identity: TlsIdentity;
  /** @throws AppError if the files cannot be used */
  readonly read: () => Promise<TlsIdentity | undefined>;
  /** For connections that are opened from now on. */
  readonly use: (renewed: TlsIdentity) => void;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly intervalMilliseconds?: number;
}

/**
 * Resolves after the signal. While the files are unusable, the current certificate is kept, which is logged
 * once.
 */
export async function renewForever(options: TlsRenewalOptions): Promise<void> {
  const { read, use, log, signal, intervalMilliseconds = usualInterval } = options;
  let inUse = options.identity;
  let hasWarned = false;
  const measure = measureCertificate(options.metrics);
  measure(inUse);
  warnOfProblems(inUse, options);
  while (!signal.aborted) {
    await pause(intervalMilliseconds, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      const found = await read();
      hasWarned = false;
      if (!found || isSameIdentity(found, inUse)) continue;
      use(found);
      inUse = found;
      measure(found);
      log.info({ event: 'tls.renewed' }, 'new connections use the renewed certificate');
      warnOfProblems(found, options);
    } catch (error) {
      if (!hasWarned) warnOfFiles(error, log);
      hasWarned = true;
    }
  }
}

/** The certificate of a worker that could not renew it expires first, so the minimum is reported. */
export function measureCertificate(metrics: Metrics): (identity: TlsIdentity) => void {
  const expiry = metrics.gauge({
    name: 'ostiary_certificate_expiry_timestamp_seconds',
    help: 'When the certificate in use expires, in seconds since 1970; only if Ostiary terminates TLS.',
    labels: {},
    across: 'min',
  });
  return ({ cert }) => expiry.set({}, Date.parse(new X509Certificate(cert).validTo) / 1000);
}

function warnOfProblems({ cert }: TlsIdentity, { hosts, log, now }: TlsRenewalOptions): void {
  for (const { message } of findCertificateProblems(cert, hosts, now())) {
    log.warn({ event: 'tls.certificate' }, message);
  }
}

function warnOfFiles(error: unknown, log: Log): void {
  const why = error instanceof AppError ? { reason: error.message } : { err: error };
  log.warn({ event: 'tls.kept', ...why }, 'the certificate in use is kept');
}
