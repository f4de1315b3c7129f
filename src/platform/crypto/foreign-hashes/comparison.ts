// Compares a password with a hash imported from another system, with that system's algorithm. All
// work runs in libuv's thread pool; the caller limits how many comparisons run at once
// (platform/crypto/password-hashing.ts). This module is loaded with the first imported hash, and
// the bcrypt library with the first bcrypt hash.
import { createCipheriv, pbkdf2, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { verify as argon2Verify } from '@node-rs/argon2';
import { equalBytes } from '#platform/crypto/hashing.ts';
import {
  readHash,
  type FirebaseHash,
  type ForeignHash,
  type Pbkdf2Hash,
  type ScryptHash,
} from './hash-strings.ts';

const deriveByPbkdf2 = promisify(pbkdf2);
/** Above the memory that the bounds permit. */
const scryptMemoryBytes = 160 * 1024 * 1024;
const firebaseKeyBytes = 32;

/** @throws Error for text that is not a hash or exceeds the bounds; such a row is never written */
export async function matchesForeignHash(text: string, password: Buffer): Promise<boolean> {
  const reading = readHash(text);
  if (!reading.ok) throw new Error(`A stored password hash ${reading.reason}.`);
  return matches(reading.hash, password);
}

async function matches(hash: ForeignHash, password: Buffer): Promise<boolean> {
  if (hash.kind === 'argon2') return argon2Verify(hash.text, password);
  if (hash.kind === 'bcrypt') return matchesBcrypt(hash.text, password);
  return equalBytes(await digestOf(hash, password), hash.digest);
}

/** bcrypt uses the first 72 bytes only, as it did in the system that made the hash. */
async function matchesBcrypt(text: string, password: Buffer): Promise<boolean> {
  const bcrypt = await import('@node-rs/bcrypt');
  return bcrypt.verify(password, text);
}

function digestOf(hash: ScryptHash | Pbkdf2Hash | FirebaseHash, password: Buffer): Promise<Buffer> {
  if (hash.kind === 'pbkdf2') return derive(hash, password);
  if (hash.kind === 'firebase') return encryptSignerKey(hash, password);
  return deriveByScrypt(hash, password, hash.digest.length);
}

function derive({ algorithm, iterations, salt, digest }: Pbkdf2Hash, password: Buffer) {
  return deriveByPbkdf2(password, salt, iterations, digest.length, algorithm);
}

function deriveByScrypt(
  hash: ScryptHash | FirebaseHash,
  password: Buffer,
  lengthBytes: number,
): Promise<Buffer> {
  const { logN, r, salt } = hash;
  const p = hash.kind === 'scrypt' ? hash.p : 1;
  const options = { N: 2 ** logN, r, p, maxmem: scryptMemoryBytes };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, lengthBytes, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

async function encryptSignerKey(hash: FirebaseHash, password: Buffer): Promise<Buffer> {
  const key = await deriveByScrypt(hash, password, firebaseKeyBytes);
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return Buffer.concat([cipher.update(hash.signerKey), cipher.final()]);
}
