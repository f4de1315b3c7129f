// The transmitter metadata for /.well-known/ssf-configuration (SSF 1.0 §7.1), and the paths of the endpoints.
import { signalAudience } from '#core/clients/scopes.ts';
import { pollMethod, pushMethod } from '#features/shared-signals/signal-types.ts';

export const metadataPath = '/.well-known/ssf-configuration';

/** Relative to the issuer. */
export const transmitterPaths = {
  streams: '/oauth2/ssf/streams',
  status: '/oauth2/ssf/status',
  addSubject: '/oauth2/ssf/subjects/add',
  removeSubject: '/oauth2/ssf/subjects/remove',
  verify: '/oauth2/ssf/verify',
  poll: '/oauth2/ssf/poll',
} as const;

export function transmitterMetadata(issuer: string) {
  return {
    spec_version: '1_0',
    issuer,
    jwks_uri: `${issuer}/oauth2/jwks`,
    delivery_methods_supported: [pushMethod, pollMethod],
    configuration_endpoint: `${issuer}${transmitterPaths.streams}`,
    status_endpoint: `${issuer}${transmitterPaths.status}`,
    add_subject_endpoint: `${issuer}${transmitterPaths.addSubject}`,
    remove_subject_endpoint: `${issuer}${transmitterPaths.removeSubject}`,
    verification_endpoint: `${issuer}${transmitterPaths.verify}`,
    authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749', resource: signalAudience(issuer) }],
    default_subjects: 'ALL',
  };
}

export function pollAddress(issuer: string, streamId: string): string {
  return `${issuer}${transmitterPaths.poll}/${streamId}`;
}
