// Password hashes that are stored encrypted. Firebase uses one signer key per project: stored in
// plain text next to the hashes, it would be disclosed together with them.
import type { Keyring } from '#platform/crypto/encryption.ts';
import { writeHash, type ForeignHash } from '#platform/crypto/foreign-hashes/hash-strings.ts';
import { sealedHashContext as context, sealedPrefix } from '#platform/crypto/password-hashing.ts';

/** The stored form of a hash. */
export function storeHash(hash: ForeignHash, keyring: Keyring): string {
  const text = writeHash(hash);
  return hash.kind === 'firebase' ? `${sealedPrefix}${keyring.seal(text, context)}` : text;
}

/** Decrypts stored hashes for the password hasher. */
export function createHashOpener(keyring: Keyring): (sealed: string) => string {
  return (sealed) => keyring.open(sealed, context).toString();
}
