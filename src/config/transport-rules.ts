// Rules across the settings of TLS and of client certificates.
import type { Config } from './derived.ts';

/**
 * @param areValid false if one of the settings was already reported: the configuration then has its default
 */
export function findTransportConflicts(
  config: Config,
  areValid: (...names: string[]) => boolean,
): string[] {
  const faults = [];
  if (areValid('TLS_CERT_FILE', 'TLS_KEY_FILE', 'ISSUER', 'PORT', 'CLIENT_CERTIFICATE_PORT')) {
    faults.push(...findTlsConflicts(config));
  }
  const named = ['HEADER', 'PORT', 'ORIGIN'].map((name) => `CLIENT_CERTIFICATE_${name}`);
  if (areValid(...named, 'TRUSTED_PROXIES', 'ISSUER')) {
    faults.push(...findCertificateConflicts(config));
  }
  return faults;
}

function findTlsConflicts(config: Config): string[] {
  const { tls, issuer, issuerUrl, port, opsPort, clientCertificatePort, clientCertificateCaFile } =
    config;
  const faults = [];
  if (tls && issuerUrl.protocol !== 'https:') {
    faults.push(`TLS_CERT_FILE requires an https address in ISSUER, not ${JSON.stringify(issuer)}`);
  }
  if (clientCertificatePort === undefined) {
    if (clientCertificateCaFile === undefined) return faults;
    return [...faults, 'CLIENT_CERTIFICATE_CA_FILE requires CLIENT_CERTIFICATE_PORT'];
  }
  if (!tls) faults.push('CLIENT_CERTIFICATE_PORT requires TLS_CERT_FILE and TLS_KEY_FILE');
  for (const [name, other] of Object.entries({ PORT: port, OPS_PORT: opsPort })) {
    if (other === clientCertificatePort) {
      faults.push(`CLIENT_CERTIFICATE_PORT must differ from ${name}`);
    }
  }
  return faults;
}

function findCertificateConflicts({
  clientCertificateHeader: header,
  clientCertificateVerification: verification,
  clientCertificateOrigin: origin,
  clientCertificatePort: port,
  trustedProxies,
  issuerUrl,
}: Config): string[] {
  const faults = [];
  if (header === 'off' && verification !== 'none') {
    faults.push('CLIENT_CERTIFICATE_VERIFICATION requires CLIENT_CERTIFICATE_HEADER');
  }
  if (header !== 'off' && trustedProxies.length === 0) {
    faults.push(
      'CLIENT_CERTIFICATE_HEADER requires TRUSTED_PROXIES, which alone may send the header',
    );
  }
  if (header === 'off' && port === undefined && origin !== undefined) {
    faults.push(
      'CLIENT_CERTIFICATE_ORIGIN requires CLIENT_CERTIFICATE_PORT or CLIENT_CERTIFICATE_HEADER',
    );
  } else if (origin === issuerUrl.origin) {
    faults.push('CLIENT_CERTIFICATE_ORIGIN must differ from the origin of ISSUER');
  }
  return faults;
}
