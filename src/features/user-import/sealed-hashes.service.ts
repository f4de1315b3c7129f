// Hashes that are kept sealed. Firebase hashes with one key for a whole project: beside the hashes it
// would give away with them what its owner kept apart.
import type { Keyring } from '#platform/crypto/encryption.ts';
import { writeHash, type ForeignHash } from '#platform/crypto/foreign-hashes/hash-strings.ts';
import { sealedPrefix } from '#platform/crypto/password-hashing.ts';

const context = 'imported password hash';

/** As it is stored. */
export function storeHash(hash: ForeignHash, keyring: Keyring): string {
  const text = writeHash(hash);
  return hash.kind === 'firebase' ? `${sealedPrefix}${keyring.seal(text, context)}` : text;
}

/** What the password hasher opens sealed ones with. */
export function createHashOpener(keyring: Keyring): (sealed: string) => string {
  return (sealed) => keyring.open(sealed, context).toString();
}
