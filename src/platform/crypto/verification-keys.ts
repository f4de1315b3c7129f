// Checks public keys of other parties before jose verifies a signature with them. jose throws a plain
// TypeError for an unusable key; here, that is an input error like any other.
import { errors, type CryptoKey, type createLocalJWKSet } from 'jose';

/** RFC 7518 §3.3 and §3.5. */
const minModulusBits = 2048;

/** @throws errors.JOSENotSupported for an RSA key of fewer than 2048 bits */
export function requireLongKey(key: CryptoKey): CryptoKey {
  const { modulusLength }: { modulusLength?: unknown } = Object(key.algorithm);
  if (typeof modulusLength === 'number' && modulusLength < minModulusBits) {
    throw new errors.JOSENotSupported(`an RSA key has fewer than ${minModulusBits} bits`);
  }
  return key;
}

/** Selects from keys that are already fetched. Its errors are always JOSEErrors. */
export function selectUsable(select: ReturnType<typeof createLocalJWKSet>) {
  return async (...given: Parameters<typeof select>): Promise<CryptoKey> => {
    const key = await select(...given).catch((cause: unknown) => {
      if (cause instanceof errors.JOSEError) throw cause;
      throw new errors.JOSENotSupported('a key is malformed', { cause });
    });
    return requireLongKey(key);
  };
}
