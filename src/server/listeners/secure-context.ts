// TLS settings for connections that this server terminates: protocol versions and cipher suites (RFC 9325),
// and the CAs of clients.
import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';

/** The cipher suites of TLS 1.3, and those of TLS 1.2 that RFC 9325 §4.2 recommends, as FAPI 2.0 requires. */
const cipherSuites = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
];

export interface SecuredBy {
  readonly cert: string;
  readonly key: string;
  /** If absent, no client chain is verified, not even up to a public CA. */
  readonly clientCa?: string | undefined;
}

export function secureContextOf({ cert, key, clientCa }: SecuredBy): SecureContextOptions {
  return {
    cert,
    key,
    // Without the list, Node would trust the public CAs.
    ca: clientCa === undefined ? [] : [clientCa],
    // Trusts each certificate in the file, including those of intermediate CAs.
    allowPartialTrustChain: true,
    minVersion: 'TLSv1.2',
    ciphers: cipherSuites.join(':'),
    // A renegotiation could replace the certificate that was verified (RFC 9325 §3.5).
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
}
