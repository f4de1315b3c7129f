// Signing algorithms. Our own signatures use an algorithm only if a key for it exists
// (core/keys/signing-keys.service.ts). Signatures of clients are verified with asymmetric keys
// only, since the stored hash of a client secret must never serve as a key.
import type { Configuration } from 'oidc-provider';
import { assertionAlgorithms } from './clients/client-assertions.ts';

const signingAlgorithms = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;

/**
 * Key management for responses that are encrypted to a key of the client. No RSA1_5, which leaks the
 * key to an attacker who sees errors, and nothing symmetric: no secret of a client is stored.
 */
export const keyManagement = [
  'RSA-OAEP-256',
  'RSA-OAEP-384',
  'RSA-OAEP-512',
  'ECDH-ES',
  'ECDH-ES+A128KW',
  'ECDH-ES+A192KW',
  'ECDH-ES+A256KW',
] as const;
/** The first is what OpenID Connect Registration §2 prescribes as the default. */
const contentEncryption = ['A128CBC-HS256', 'A256CBC-HS512', 'A128GCM', 'A256GCM'] as const;

export function enabledAlgorithms(): NonNullable<Configuration['enabledJWA']> {
  return {
    clientAuthSigningAlgValues: [...assertionAlgorithms],
    idTokenSigningAlgValues: [...signingAlgorithms],
    userinfoSigningAlgValues: [...signingAlgorithms],
    requestObjectSigningAlgValues: [...signingAlgorithms],
    introspectionSigningAlgValues: [...signingAlgorithms],
    authorizationSigningAlgValues: [...signingAlgorithms],
    dPoPSigningAlgValues: ['ES256', 'EdDSA'],
    idTokenEncryptionAlgValues: [...keyManagement],
    idTokenEncryptionEncValues: [...contentEncryption],
    userinfoEncryptionAlgValues: [...keyManagement],
    userinfoEncryptionEncValues: [...contentEncryption],
    introspectionEncryptionAlgValues: [...keyManagement],
    introspectionEncryptionEncValues: [...contentEncryption],
    authorizationEncryptionAlgValues: [...keyManagement],
    authorizationEncryptionEncValues: [...contentEncryption],
    // Pushed requests are confidential without them (docs/decisions/0043).
    requestObjectEncryptionAlgValues: [],
    requestObjectEncryptionEncValues: [],
  };
}
