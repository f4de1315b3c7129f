// Checks the TLS certificate that clients see at the issuer: whether it is valid and for how long.
import { connect, type TLSSocket } from 'node:tls';
import type { Finding } from '#cli/doctor/findings.ts';

const check = 'certificate';
const withinMs = 5_000;
const dayMs = 24 * 60 * 60 * 1000;
/** Certificates that renew themselves do so earlier. */
const enoughDays = 14;

export async function inspectCertificate(issuer: string, now: Date): Promise<Finding[]> {
  const { protocol, hostname, port } = new URL(issuer);
  if (protocol !== 'https:') return [];
  try {
    return [describeExpiry(await readExpiry(hostname, Number(port || 443)), now)];
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // The check of the server reports that nothing responds.
    if (/^E(CONN|NOTFOUND|AI_|HOST|NET|TIMEDOUT)/.test(code)) return [];
    const message = error instanceof Error ? error.message : String(error);
    const next = 'Install a certificate for the host name of ISSUER that clients trust.';
    return [{ check, state: 'fail', message: `Clients refuse the certificate: ${message}.`, next }];
  }
}

export function describeExpiry(expiresAt: Date, now: Date): Finding {
  const days = Math.floor((expiresAt.getTime() - now.getTime()) / dayMs);
  const day = expiresAt.toISOString().slice(0, 10);
  if (days >= enoughDays) return { check, state: 'ok', message: `It is valid until ${day}.` };
  const message = `It expires on ${day}, in ${days} days.`;
  return { check, state: 'warn', message, next: 'Renew it, and check why it was not renewed.' };
}

/** @throws the reason for which a client would refuse the certificate */
function readExpiry(host: string, port: number): Promise<Date> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({ host, port, servername: host, timeout: withinMs }, () => {
      const { valid_to: expiry } = socket.getPeerCertificate();
      socket.destroy();
      resolve(new Date(expiry));
    });
    socket.on('timeout', () => {
      socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    });
    socket.on('error', reject);
  });
}
