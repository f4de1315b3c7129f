// JWS signatures (RFC 7518 §3.4, RFC 8037 §3.1) with cached key objects and in this thread: for elliptic
// curves, passing the work to a WebCrypto thread costs more than the work itself. RSA, which takes ten times
// as long, is left to WebCrypto.
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';

const coordinateBytes = 32;
const sequenceTag = 0x30;
const integerTag = 0x02;

export interface Signer {
  /** The public key. */
  readonly publicKey: KeyObject;
  sign(data: Uint8Array): Buffer;
}

export type VerifySignature = (data: Uint8Array, signature: Uint8Array) => boolean;

/** `undefined` if the private key is not for ES256, EdDSA or Ed25519. */
export function createSigner(jwk: JWK): Signer | undefined {
  if (!isCurveKey(jwk)) return undefined;
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  const publicKey = createPublicKey(key);
  if (jwk.alg !== 'ES256') return { publicKey, sign: (data) => sign(null, data, key) };
  return { publicKey, sign: (data) => joseOf(sign('sha256', data, key)) };
}

/** `undefined` if the public key is not for ES256, EdDSA or Ed25519. */
export function createVerifier(jwk: JWK): VerifySignature | undefined {
  if (!isCurveKey(jwk)) return undefined;
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  if (jwk.alg !== 'ES256') return (data, signature) => verify(null, data, key, signature);
  return (data, signature) =>
    signature.length === 2 * coordinateBytes && verify('sha256', data, key, derOf(signature));
}

function isCurveKey({ alg, kty, crv }: JWK): boolean {
  if (alg === 'ES256') return kty === 'EC' && crv === 'P-256';
  return (alg === 'EdDSA' || alg === 'Ed25519') && kty === 'OKP' && crv === 'Ed25519';
}

/**
 * The two integers of an ES256 signature from ASN.1, as OpenSSL returns them: its own conversion
 * (`dsaEncoding`) takes as long as the signature.
 */
function joseOf(der: Buffer): Buffer {
  const signature = Buffer.alloc(2 * coordinateBytes);
  const end = copyInteger(der, 2, signature.subarray(0, coordinateBytes));
  copyInteger(der, end, signature.subarray(coordinateBytes));
  return signature;
}

/** Right-aligns the integer that begins at `at`; returns where the next one begins. */
function copyInteger(der: Buffer, at: number, into: Buffer): number {
  const length = der[at + 1] ?? 0;
  const start = at + 2;
  const end = start + length;
  // A leading zero keeps the integer positive.
  const digits =
    length > coordinateBytes ? der.subarray(end - coordinateBytes, end) : der.subarray(start, end);
  digits.copy(into, coordinateBytes - digits.length);
  return end;
}

function derOf(signature: Uint8Array): Buffer {
  const integers = [
    integerOf(signature.subarray(0, coordinateBytes)),
    integerOf(signature.subarray(coordinateBytes)),
  ];
  const content = Buffer.concat(integers);
  return Buffer.concat([Buffer.of(sequenceTag, content.length), content]);
}

/** Without leading zeros, except one that keeps the integer positive. */
function integerOf(coordinate: Uint8Array): Buffer {
  let start = 0;
  while (start < coordinateBytes - 1 && coordinate[start] === 0) start += 1;
  const digits = coordinate.subarray(start);
  const zero = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return Buffer.from([integerTag, zero.length + digits.length, ...zero, ...digits]);
}
