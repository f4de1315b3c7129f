// Digests of bearer values, comparison without a timing trace, and fresh random values.
// It leaves passwords to password-hashing.ts and secrets that must be read again to encryption.ts.
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** SHA-256: what a store keeps instead of a bearer value of at least 128 random bits. */
export function sha256(value: string | Uint8Array): Buffer {
  return hash('sha256', value, 'buffer');
}

/** SHA-256 as base64url without padding: 43 characters. */
export function sha256Text(value: string | Uint8Array): string {
  return hash('sha256', value, 'base64url');
}

/** Compares secrets in a time that does not depend on where they differ; lengths are no secret. */
export function equalBytes(a: string | Uint8Array, b: string | Uint8Array): boolean {
  const left = typeof a === 'string' ? Buffer.from(a) : a;
  const right = typeof b === 'string' ? Buffer.from(b) : b;
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}

/** A random value nobody can guess, as base64url; 32 bytes unless said otherwise. */
export function randomToken(sizeBytes = 32): string {
  return randomBytes(sizeBytes).toString('base64url');
}
