// Mutual TLS for oidc-provider (RFC 8705): the certificate of the current request, and whether it
// proves the client's identity. Where the certificate comes from is in http/middleware/certificates/.
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { Config } from '#config/config.ts';
import { certificateMembers, matchesCertificate } from './certificate-names.ts';

export type CertificateSettings = Pick<
  Config,
  | 'clientCertificateHeader'
  | 'clientCertificateVerification'
  | 'clientCertificatePort'
  | 'clientCertificateCaFile'
  | 'clientCertificateOrigin'
>;

type Feature = NonNullable<NonNullable<Configuration['features']>['mTLS']>;

/** True if a proxy passes on certificates, or this server requests them. */
export function offersMutualTls(config: CertificateSettings): boolean {
  return config.clientCertificateHeader !== 'off' || config.clientCertificatePort !== undefined;
}

/** True if the proxy verifies chains, or this server has CAs to do so. */
function verifiesChains(config: CertificateSettings): boolean {
  const { clientCertificateVerification: proxy, clientCertificateCaFile: caFile } = config;
  return proxy === 'proxy' || caFile !== undefined;
}

/** Enables mutual TLS if the settings do. */
export function mutualTls(config: CertificateSettings): Feature {
  if (!offersMutualTls(config)) return { enabled: false };
  return {
    enabled: true,
    certificateBoundAccessTokens: true,
    selfSignedTlsClientAuth: true,
    tlsClientAuth: verifiesChains(config),
    getCertificate: (ctx) => certificateOf(ctx)?.certificate,
    certificateAuthorized: (ctx) => certificateOf(ctx)?.isVerified === true,
    certificateSubjectMatches(ctx, property, expected) {
      const member = certificateMembers.find((each) => each === property);
      const { certificate } = certificateOf(ctx) ?? {};
      return member !== undefined && certificate !== undefined
        ? matchesCertificate(certificate, member, expected)
        : false;
    },
  };
}

function certificateOf({ state }: KoaContextWithOIDC) {
  return state.clientCertificate?.();
}

/** The methods of client authentication that mutual TLS adds. */
export function certificateMethods(config: CertificateSettings) {
  if (!offersMutualTls(config)) return [];
  return verifiesChains(config) ? [chainVerified, selfSigned] : [selfSigned];
}

const chainVerified = 'tls_client_auth' as const;
const selfSigned = 'self_signed_tls_client_auth' as const;

/** Endpoints at which clients present a certificate, by metadata name. */
export const certificateEndpoints = {
  token_endpoint: '/oauth2/token',
  revocation_endpoint: '/oauth2/revoke',
  introspection_endpoint: '/oauth2/introspect',
  pushed_authorization_request_endpoint: '/oauth2/par',
  userinfo_endpoint: '/oauth2/userinfo',
  device_authorization_endpoint: '/oauth2/device_authorization',
  backchannel_authentication_endpoint: '/oauth2/bc-authorize',
} as const;

/** The origin for certificates, if it is separate, and the paths that it serves. */
export function certificateOrigin(config: CertificateSettings, basePath: string) {
  const { clientCertificateOrigin: origin } = config;
  const paths = Object.values(certificateEndpoints).map((path) => basePath + path);
  return origin === undefined ? undefined : { origin, paths };
}

/** The metadata `mtls_endpoint_aliases` (RFC 8705 §5), if another origin asks for certificates. */
export function endpointAliases(config: CertificateSettings, basePath: string) {
  const { clientCertificateOrigin: origin } = config;
  if (origin === undefined) return {};
  const aliases = Object.entries(certificateEndpoints).map(([name, path]) => [
    name,
    `${origin}${basePath}${path}`,
  ]);
  return { mtls_endpoint_aliases: Object.fromEntries(aliases) as Readonly<Record<string, string>> };
}
