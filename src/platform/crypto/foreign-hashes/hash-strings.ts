// Formats of password hashes from other systems, and the bounds on their cost. Comparison is in
// comparison.ts, the JSON formats of imports in features/user-import/password-formats.ts.
//
// The hash determines the cost of a sign-in. An imported hash could make every sign-in of a user
// take minutes or gigabytes, so the bounds are checked on import and again on use.
import { toUnpaddedBase64 } from '#platform/crypto/hashing.ts';

export interface Argon2Hash {
  readonly kind: 'argon2';
  /** PHC string in the form that the library accepts. */
  readonly text: string;
}
export interface BcryptHash {
  readonly kind: 'bcrypt';
  readonly text: string;
}
export interface ScryptHash {
  readonly kind: 'scrypt';
  readonly logN: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly digest: Buffer;
}
export interface Pbkdf2Hash {
  readonly kind: 'pbkdf2';
  readonly algorithm: 'sha1' | 'sha256' | 'sha512';
  readonly iterations: number;
  readonly salt: Buffer;
  readonly digest: Buffer;
}
/**
 * Firebase's scrypt: the result encrypts a key of the project (AES-256-CTR), and the ciphertext is
 * the hash.
 */
export interface FirebaseHash {
  readonly kind: 'firebase';
  readonly logN: number;
  readonly r: number;
  /** The salt, followed by the separator. */
  readonly salt: Buffer;
  readonly signerKey: Buffer;
  readonly digest: Buffer;
}
export type ForeignHash = Argon2Hash | BcryptHash | ScryptHash | Pbkdf2Hash | FirebaseHash;

export type HashReading =
  | { readonly ok: true; readonly hash: ForeignHash }
  /** Returns a message that contains no part of the hash. */
  | { readonly ok: false; readonly reason: string };

/** Bounds of one comparison: about one second on a current core, and this much memory. */
const maxMemoryKib = 128 * 1024;
/** KiB of memory times number of passes. */
const maxArgon2Work = 1024 * 1024;
const maxArgon2Lanes = 16;
const maxBcryptCost = 14;
/** N times r times p. */
const maxScryptWork = 2 ** 21;
/** Iterations times number of digest blocks. */
const maxPbkdf2Work = 2 ** 21;
const maxSaltBytes = 128;
/** A digest of one byte would accept every 256th password. */
const minDigestBytes = 16;
const maxDigestBytes = 128;
const maxTextLength = 2000;

const unknown: HashReading = {
  ok: false,
  reason: 'has an unsupported format (supported: argon2, bcrypt, scrypt, PBKDF2)',
};
const tooCostly: HashReading = { ok: false, reason: 'would take too long or too much memory' };

/**
 * Reads every format except JSON: PHC strings, modular crypt, and the formats of Django and
 * passlib.
 */
export function readHash(text: string): HashReading {
  if (text.length > maxTextLength) return unknown;
  // Django puts its own prefix before the library's output, and so does `writeHash`.
  const plain = text.replace(/^(?:(?:argon2|\$foreign)(?=\$argon2)|bcrypt\$(?=\$2))/, '');
  return (
    readArgon2(plain) ??
    readBcrypt(plain) ??
    readScrypt(plain) ??
    readPbkdf2(plain) ??
    readFirebase(plain) ??
    unknown
  );
}

/**
 * Canonical form of a hash, which `readHash` reads back. An imported argon2 hash is marked, so that
 * it is replaced even if it is stronger: all native hashes must take the same time to verify.
 */
export function writeHash(hash: ForeignHash): string {
  if (hash.kind === 'bcrypt') return hash.text;
  if (hash.kind === 'argon2') return `$foreign${hash.text}`;
  const [salt, digest] = [toUnpaddedBase64(hash.salt), toUnpaddedBase64(hash.digest)];
  if (hash.kind === 'scrypt') {
    return `$scrypt$ln=${hash.logN},r=${hash.r},p=${hash.p}$${salt}$${digest}`;
  }
  if (hash.kind === 'pbkdf2') {
    return `$pbkdf2-${hash.algorithm}$i=${hash.iterations}$${salt}$${digest}`;
  }
  return `$firebase-scrypt$ln=${hash.logN},r=${hash.r}$${salt}$${toUnpaddedBase64(hash.signerKey)}$${digest}`;
}

/** Checks that a hash stays within the bounds, whatever format it was read from. */
export function checkHash(hash: ForeignHash): HashReading {
  if (hash.kind === 'argon2' || hash.kind === 'bcrypt') return { ok: true, hash };
  const { length } = hash.digest;
  if (hash.salt.length > maxSaltBytes) return { ok: false, reason: 'has too long a salt' };
  if (length < minDigestBytes || length > maxDigestBytes) {
    return { ok: false, reason: 'has too short or too long a digest' };
  }
  const isBounded = hash.kind === 'pbkdf2' ? isPbkdf2Bounded(hash) : isScryptBounded(hash);
  return isBounded ? { ok: true, hash } : tooCostly;
}

function readArgon2(text: string): HashReading | undefined {
  const parts =
    /^\$argon2(?:id|i|d)(?:\$v=(?:16|19))?\$m=(\d{1,9}),t=(\d{1,9}),p=(\d{1,9})\$([A-Za-z0-9+/]{11,170})\$([A-Za-z0-9+/]{22,170})$/.exec(
      text,
    );
  if (!parts) return undefined;
  const [memoryKib = 0, passes = 0, lanes = 0] = parts.slice(1, 4).map(Number);
  if (passes < 1 || lanes < 1 || memoryKib < 8 * lanes) return unknown;
  const isBounded =
    memoryKib <= maxMemoryKib && memoryKib * passes <= maxArgon2Work && lanes <= maxArgon2Lanes;
  return isBounded ? { ok: true, hash: { kind: 'argon2', text } } : tooCostly;
}

const bcryptAlphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `2x` marks hashes of a defective implementation that is no longer in use. */
function readBcrypt(text: string): HashReading | undefined {
  const parts = /^(\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{21})(.)([./A-Za-z0-9]{30})(.)$/.exec(text);
  const [, head = '', digits, saltEnd = '', digest = '', digestEnd = ''] = parts ?? [];
  if (!parts || !bcryptAlphabet.includes(saltEnd) || !bcryptAlphabet.includes(digestEnd)) {
    return undefined;
  }
  const cost = Number(digits);
  if (cost < 4 || cost > 31) return unknown;
  // In 16 bytes of salt, four bits of the 22nd character are unused; in 23 bytes of digest, two
  // bits of the last. Some systems set these bits arbitrarily, but the library accepts only zeros.
  const normalized = `${head}${clearBits(saltEnd, 4)}${digest}${clearBits(digestEnd, 2)}`;
  return cost <= maxBcryptCost
    ? { ok: true, hash: { kind: 'bcrypt', text: normalized } }
    : tooCostly;
}

function clearBits(character: string, bits: number): string {
  const value = bcryptAlphabet.indexOf(character);
  return bcryptAlphabet[(value >> bits) << bits] ?? '';
}

function readScrypt(text: string): HashReading | undefined {
  const parts = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,6}),p=(\d{1,6})\$([^$]*)\$([^$]+)$/.exec(text);
  const [salt, digest] = [readBase64(parts?.[4]), readBase64(parts?.[5])];
  if (!parts || !salt || !digest) return undefined;
  const [logN = 0, r = 0, p = 0] = parts.slice(1, 4).map(Number);
  return checkHash({ kind: 'scrypt', logN, r, p, salt, digest });
}

/** `$pbkdf2-sha256$i=1000$`, passlib's `$pbkdf2-sha256$1000$`, Django's `pbkdf2_sha256$1000$`. */
function readPbkdf2(text: string): HashReading | undefined {
  const django = /^pbkdf2_(sha1|sha256|sha512)\$(\d{1,9})\$([^$]+)\$([^$]+)$/.exec(text);
  const modular =
    /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?(\d{1,9})(?:,l=\d{1,3})?\$([^$]*)\$([^$]+)$/.exec(
      text,
    );
  const parts = django ?? modular;
  const salt = django ? Buffer.from(django[3] ?? '') : readBase64(parts?.[3]);
  const digest = readBase64(parts?.[4]);
  if (!parts || !salt || !digest) return undefined;
  const algorithm = readPbkdf2Algorithm(parts[1]);
  return checkHash({ kind: 'pbkdf2', algorithm, iterations: Number(parts[2]), salt, digest });
}

function readPbkdf2Algorithm(name: string | undefined): Pbkdf2Hash['algorithm'] {
  return name === 'sha256' || name === 'sha512' ? name : 'sha1';
}

/** A format of this project: Firebase itself exports JSON. */
function readFirebase(text: string): HashReading | undefined {
  const parts = /^\$firebase-scrypt\$ln=(\d{1,2}),r=(\d{1,6})\$([^$]*)\$([^$]+)\$([^$]+)$/.exec(
    text,
  );
  const [salt, signerKey, digest] = [parts?.[3], parts?.[4], parts?.[5]].map(readBase64);
  if (!parts || !salt || !signerKey || !digest) return undefined;
  const [logN = 0, r = 0] = parts.slice(1, 3).map(Number);
  return checkHash({ kind: 'firebase', logN, r, salt, signerKey, digest });
}

function isScryptBounded(hash: ScryptHash | FirebaseHash): boolean {
  const { logN, r } = hash;
  const p = hash.kind === 'scrypt' ? hash.p : 1;
  // OpenSSL requires N below 2 to the power of 16 r (RFC 7914 §2).
  if (logN < 1 || logN >= 16 * r || logN > 24 || r < 1 || p < 1) return false;
  const memoryKib = (128 * r * (2 ** logN + p)) / 1024;
  return memoryKib <= maxMemoryKib + 1024 && 2 ** logN * r * p <= maxScryptWork;
}

function isPbkdf2Bounded({ iterations, algorithm, digest }: Pbkdf2Hash): boolean {
  const blockBytes = { sha1: 20, sha256: 32, sha512: 64 }[algorithm];
  const work = iterations * Math.ceil(digest.length / blockBytes);
  return iterations >= 1 && work <= maxPbkdf2Work;
}

/** Accepts every base64 alphabet in use, with or without padding; `undefined` for other text. */
export function readBase64(text: string | undefined): Buffer | undefined {
  // passlib writes a dot instead of the plus sign.
  if (text === undefined || !/^[A-Za-z0-9+/._-]*={0,2}$/.test(text)) return undefined;
  return Buffer.from(text.replaceAll('.', '+'), 'base64');
}
