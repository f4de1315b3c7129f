// Signing algorithms. Our own signatures use an algorithm only if a key for it exists
// (core/keys/signing-keys.service.ts). Signatures of clients are verified with asymmetric keys
// only, since the stored hash of a client secret must never serve as a key.
import type { Configuration } from 'oidc-provider';
import type { Config } from '#config/config.ts';
import { offeredAlgorithms, signingAlgorithms } from '#core/keys/signing-keys.ts';
import { assertionAlgorithms } from './clients/client-assertions.ts';

/**
 * Key management algorithms for responses encrypted to a key of the client. Not RSA1_5, whose errors leak the
 * key, and no symmetric ones, because client secrets are not stored.
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
/** The first one is the default of OpenID Connect Registration §2. */
export const contentEncryption = ['A128CBC-HS256', 'A256CBC-HS512', 'A128GCM', 'A256GCM'] as const;

export function enabledAlgorithms(
  config: Pick<Config, 'postQuantumSignatures'>,
): NonNullable<Configuration['enabledJWA']> {
  const ours = offeredAlgorithms(config);
  return {
    clientAuthSigningAlgValues: [...assertionAlgorithms],
    idTokenSigningAlgValues: [...ours],
    userinfoSigningAlgValues: [...ours],
    requestObjectSigningAlgValues: [...signingAlgorithms],
    introspectionSigningAlgValues: [...ours],
    authorizationSigningAlgValues: [...ours],
    dPoPSigningAlgValues: ['ES256', 'EdDSA', 'Ed25519'],
    idTokenEncryptionAlgValues: [...keyManagement],
    idTokenEncryptionEncValues: [...contentEncryption],
    userinfoEncryptionAlgValues: [...keyManagement],
    userinfoEncryptionEncValues: [...contentEncryption],
    introspectionEncryptionAlgValues: [...keyManagement],
    introspectionEncryptionEncValues: [...contentEncryption],
    authorizationEncryptionAlgValues: [...keyManagement],
    authorizationEncryptionEncValues: [...contentEncryption],
    // None: pushed requests are confidential without encryption (docs/decisions/0043).
    requestObjectEncryptionAlgValues: [],
    requestObjectEncryptionEncValues: [],
  };
}
