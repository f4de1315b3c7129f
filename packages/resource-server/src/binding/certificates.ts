// Tokens that are bound to the certificate of a TLS client (RFC 8705 §3).
import { sha256 } from './hashing.ts';
import { Refusal } from '../request/refusal.ts';
import type { ClientCertificate } from '../types.ts';

/** @throws Refusal `invalid_token` unless the certificate has this thumbprint (`cnf["x5t#S256"]`) */
export async function checkCertificate(
  certificate: ClientCertificate,
  thumbprint: unknown,
): Promise<void> {
  const der = typeof certificate === 'string' ? readPem(certificate) : certificate;
  if (der && (await sha256(der)) === thumbprint) return;
  throw new Refusal('invalid_token', 'The token is bound to another client certificate');
}

/** Reads the first of several certificates, which is that of the client. */
function readPem(text: string): Uint8Array | undefined {
  const pattern = /-----BEGIN CERTIFICATE-----([A-Za-z\d+/=\s]+)-----END CERTIFICATE-----/;
  const [, base64] = pattern.exec(text) ?? [];
  if (base64 === undefined) return undefined;
  try {
    return Uint8Array.from(atob(base64.replaceAll(/\s/g, '')), (c) => c.codePointAt(0) ?? 0);
  } catch {
    return undefined;
  }
}
