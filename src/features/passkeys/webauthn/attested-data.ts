// Strict parsing of authenticator data (WebAuthn §6.1, §6.5): every structure is complete, has no
// trailing bytes, and contains a key that can verify signatures. SimpleWebAuthn decodes leniently.
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { decodeAttestationObject, decodeCredentialPublicKey } from '@simplewebauthn/server/helpers';
import { endOfCborItem } from './cbor-items.ts';

const headerBytes = 37;
const flagsAt = 32;
const attestedFlag = 1 << 6;
const extensionsFlag = 1 << 7;
const aaguidBytes = 16;

/**
 * True: exactly one CBOR item, whose `authData` contains a complete, usable key and nothing else.
 */
export function isStrictAttestation(attestationObject: string): boolean {
  const bytes = Buffer.from(attestationObject, 'base64url');
  if (endOfCborItem(bytes) !== bytes.length) return false;
  // Copied, because the decoder reads the entire memory behind a Buffer.
  const authData: unknown = decodeAttestationObject(Uint8Array.from(bytes)).get('authData');
  if (!(authData instanceof Uint8Array)) return false;
  const key = findKey(authData);
  return key !== undefined && isStrictAuthData(authData) && isUsableKey(key);
}

/** True: contains exactly the parts that its flags indicate (WebAuthn §6.1). */
export function isStrictAuthData(authData: Uint8Array): boolean {
  const flags = authData[flagsAt];
  if (flags === undefined || authData.length < headerBytes) return false;
  let end: number | undefined = headerBytes;
  if (flags & attestedFlag) end = endOfCborItem(authData, keyStart(authData));
  if (end !== undefined && flags & extensionsFlag) end = endOfCborItem(authData, end);
  return end === authData.length;
}

/** After the AAGUID, the length of the credential id, and the id. */
function keyStart(authData: Uint8Array): number {
  const lengthAt = headerBytes + aaguidBytes;
  const [high = 0, low = 0] = authData.subarray(lengthAt, lengthAt + 2);
  return lengthAt + 2 + high * 256 + low;
}

function findKey(authData: Uint8Array): Uint8Array | undefined {
  const start = keyStart(authData);
  const end = endOfCborItem(authData, start);
  return end === undefined ? undefined : authData.slice(start, end);
}

/** COSE labels (RFC 9053 §7, RFC 8230 §4). */
const label = { kty: 1, alg: 3, crv: -1, x: -2, y: -3, n: -1, e: -2 } as const;

/** The key formats that WebAuthn §5.8.5 and §6.5.1.1 require, by algorithm. */
const forms: ReadonlyMap<unknown, (key: ReadonlyMap<number, unknown>) => JsonWebKey | undefined> =
  new Map([
    [-7, ellipticKey],
    [-8, edwardsKey],
    [-257, rsaKey],
  ]);

/** True: the key has exactly the members of its algorithm, and node:crypto can import it. */
function isUsableKey(bytes: Uint8Array): boolean {
  // A COSE_Key is a map with integer keys; the library declares each member separately.
  const decoded = decodeCredentialPublicKey(Uint8Array.from(bytes)) as unknown;
  if (!(decoded instanceof Map)) return false;
  const key: ReadonlyMap<number, unknown> = decoded;
  const jwk = forms.get(key.get(label.alg))?.(key);
  if (!jwk) return false;
  try {
    createPublicKey({ key: jwk, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}

function ellipticKey(key: ReadonlyMap<number, unknown>): JsonWebKey | undefined {
  const [x, y] = [textOf(key.get(label.x), 32), textOf(key.get(label.y), 32)];
  const isOne = key.size === 5 && key.get(label.kty) === 2 && key.get(label.crv) === 1;
  return isOne && x && y ? { kty: 'EC', crv: 'P-256', x, y } : undefined;
}

function edwardsKey(key: ReadonlyMap<number, unknown>): JsonWebKey | undefined {
  const x = textOf(key.get(label.x), 32);
  const isOne = key.size === 4 && key.get(label.kty) === 1 && key.get(label.crv) === 6;
  return isOne && x ? { kty: 'OKP', crv: 'Ed25519', x } : undefined;
}

/** NIST SP 800-131A requires moduli of at least 2048 bits. */
function rsaKey(key: ReadonlyMap<number, unknown>): JsonWebKey | undefined {
  const [n, e] = [textOf(key.get(label.n), 256, 1024), textOf(key.get(label.e), 1, 8)];
  const isOne = key.size === 4 && key.get(label.kty) === 3;
  return isOne && n && e ? { kty: 'RSA', n, e } : undefined;
}

/** Base64url of the bytes; `undefined`: not a byte string of a permitted length. */
function textOf(value: unknown, least: number, most = least): string | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  if (value.length < least || value.length > most) return undefined;
  return Buffer.from(value).toString('base64url');
}
