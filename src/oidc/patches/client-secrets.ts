// Patch: client secrets are stored as hashes. oidc-provider would compare the secret itself.
import type Provider from 'oidc-provider';
import { equalBytes, sha256Text } from '#platform/crypto/hashing.ts';

/**
 * Generated secrets have 256 random bits, so a single SHA-256 is secure and fast on every request.
 */
export function compareHashedSecrets(provider: Provider): void {
  provider.Client.prototype.compareClientSecret = function compareHashed(actual: string) {
    return this.clientSecret !== undefined && equalBytes(sha256Text(actual), this.clientSecret);
  };
}
