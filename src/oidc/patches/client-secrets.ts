// Patch: client secrets are stored as hashes. oidc-provider would compare the secret itself.
import type Provider from 'oidc-provider';
import { equalBytes, sha256Text } from '#platform/crypto/hashing.ts';

/**
 * Generated secrets have 256 random bits, so a single SHA-256 is secure and fast on every request.
 */
export function compareHashedSecrets(provider: Provider): void {
  provider.Client.prototype.compareClientSecret = function compareHashed(actual: string) {
    const hash = sha256Text(actual);
    // The second hash is that of the previous secret (adapters/client-adapter.ts).
    const hashes = this.clientSecret?.split(' ') ?? [];
    return hashes.some((each) => equalBytes(hash, each));
  };
}
