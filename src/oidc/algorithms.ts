// Signing algorithms. Our own signatures use an algorithm only if a key for it exists
// (core/keys/signing-keys.service.ts). Signatures of clients are verified with asymmetric keys
// only, since the stored hash of a client secret must never serve as a key.
import type { Configuration } from 'oidc-provider';
import { assertionAlgorithms } from './clients/client-assertions.ts';

const signingAlgorithms = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;

export function enabledAlgorithms(): NonNullable<Configuration['enabledJWA']> {
  return {
    clientAuthSigningAlgValues: [...assertionAlgorithms],
    idTokenSigningAlgValues: [...signingAlgorithms],
    userinfoSigningAlgValues: [...signingAlgorithms],
    requestObjectSigningAlgValues: [...signingAlgorithms],
    introspectionSigningAlgValues: [...signingAlgorithms],
    authorizationSigningAlgValues: [...signingAlgorithms],
    dPoPSigningAlgValues: ['ES256', 'EdDSA'],
  };
}
