// Digests of bearer values, constant-time comparison and random values. Passwords are hashed in
// password-hashing.ts; secrets that must be readable again are encrypted in encryption.ts.
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * SHA-256 digest that a store keeps instead of a bearer value with at least 128 bits of entropy.
 */
export function sha256(value: string | Uint8Array): Buffer {
  return hash('sha256', value, 'buffer');
}

/** SHA-256 as base64url without padding: 43 characters. */
export function sha256Text(value: string | Uint8Array): string {
  return hash('sha256', value, 'base64url');
}

/** Compares secrets in constant time. Their lengths are not secret. */
export function equalBytes(a: string | Uint8Array, b: string | Uint8Array): boolean {
  const left = typeof a === 'string' ? Buffer.from(a) : a;
  const right = typeof b === 'string' ? Buffer.from(b) : b;
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}

/** Returns an unguessable random value as base64url; 32 bytes by default. */
export function randomToken(sizeBytes = 32): string {
  return randomBytes(sizeBytes).toString('base64url');
}

/** Base64 without padding, as in PHC strings of password hashes. */
export function toUnpaddedBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
