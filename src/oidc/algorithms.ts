// The algorithms of everything that is signed. What we sign is offered only where a key exists
// (core/keys/signing-keys.service.ts); what others sign is verified with asymmetric keys alone,
// since the stored hash of a client secret must never become a key.
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
