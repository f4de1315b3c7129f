// Members of client metadata that require a setting or another member. oidc-provider would drop them
// silently, so that a client would look safer than it is.
import { AppError } from '#platform/errors.ts';
import { keyManagement } from '#oidc/algorithms.ts';
import { certificateMembers } from './certificate-names.ts';
import {
  certificateMethods,
  offersMutualTls,
  type CertificateSettings,
} from './client-certificates.ts';

type Metadata = Readonly<Record<string, unknown>>;

const boundTokens = 'tls_client_certificate_bound_access_tokens';

/** Known even if the settings do not enable them (RFC 8705 §2). */
export const tlsMethods = ['tls_client_auth', 'self_signed_tls_client_auth'] as const;

/** @throws AppError `invalid_input` with the reason */
export function refuseUnofferedMembers(metadata: Metadata, config: CertificateSettings): void {
  const fault =
    faultInCertificates(metadata, config) ?? faultInAlgorithms(metadata) ?? faultInSector(metadata);
  if (fault !== undefined) throw new AppError('invalid_input', `${fault}.`);
}

function faultInCertificates(metadata: Metadata, config: CertificateSettings): string | undefined {
  const method = tlsMethods.find((each) => each === metadata['token_endpoint_auth_method']);
  const isOff = !offersMutualTls(config);
  const offering = 'CLIENT_CERTIFICATE_HEADER or CLIENT_CERTIFICATE_PORT';
  const verifying = 'CLIENT_CERTIFICATE_VERIFICATION=proxy or CLIENT_CERTIFICATE_CA_FILE';
  if (isOff && metadata[boundTokens] === true) {
    return `${boundTokens} requires the setting ${offering}`;
  }
  if (method && !certificateMethods(config).includes(method)) {
    const settings = isOff ? offering : verifying;
    return `token_endpoint_auth_method ${method} requires the setting ${settings}`;
  }
  const subject = certificateMembers.find((member) => metadata[member] !== undefined);
  if (subject !== undefined && method !== 'tls_client_auth') {
    return `${subject} requires token_endpoint_auth_method tls_client_auth`;
  }
  const lacksCertificate = method === 'self_signed_tls_client_auth' && hasOnlyBareKeys(metadata);
  return lacksCertificate
    ? 'jwks must have a key with its certificate in x5c (RFC 8705 §2.2.2)'
    : undefined;
}

/** Without a sector, no identifier of a user could be derived (OpenID Connect Core §8.1). */
function faultInSector(metadata: Metadata): string | undefined {
  const { subject_type: type, response_types: types, jwks_uri: keys } = metadata;
  const isRedirected = !Array.isArray(types) || types.length > 0;
  const isNamed = [metadata['sector_identifier_uri'], keys].some((each) => each !== undefined);
  if (type !== 'pairwise' || isRedirected || isNamed) return undefined;
  return 'subject_type pairwise requires sector_identifier_uri for a client without redirect URIs';
}

/** The keys at a `jwks_uri` are not known yet. */
function hasOnlyBareKeys({ jwks }: Metadata): boolean {
  if (typeof jwks !== 'object' || jwks === null || !('keys' in jwks)) return false;
  const keys: unknown[] = Array.isArray(jwks.keys) ? jwks.keys : [];
  return !keys.some(hasCertificate);
}

function hasCertificate(key: unknown): boolean {
  if (typeof key !== 'object' || key === null || !('x5c' in key)) return false;
  return Array.isArray(key.x5c) && key.x5c.length > 0;
}

/** oidc-provider would demand a client secret, of which only a hash is stored. */
function faultInAlgorithms(metadata: Metadata): string | undefined {
  const algorithms = Object.entries(metadata).filter(([member]) => member.endsWith('_alg'));
  for (const [member, value] of algorithms) {
    const isEncryption = member.endsWith('_encrypted_response_alg');
    if (isEncryption && !keyManagement.some((alg) => alg === value)) {
      return `${member} must be one of ${keyManagement.join(', ')}`;
    }
    if (typeof value === 'string' && value.startsWith('HS')) {
      return `${member} must be asymmetric, because only hashes of client secrets are stored`;
    }
  }
  return undefined;
}
