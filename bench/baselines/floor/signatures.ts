// ES256 with Node.js's own functions. OpenSSL writes signatures as DER; converting them here takes
// less time than the conversion of Node.js (`dsaEncoding: 'ieee-p1363'`).
import { createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';

const half = 32;
const kid = 'floor';
const headers = {
  accessToken: encode({ alg: 'ES256', typ: 'at+jwt', kid }),
  idToken: encode({ alg: 'ES256', typ: 'JWT', kid }),
};

export type Claims = Readonly<Record<string, unknown>>;

export function createSigner() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = createPublicKey(privateKey);
  return {
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' }] },
    sign: (kind: keyof typeof headers, claims: Claims) =>
      signJwt(privateKey, `${headers[kind]}.${encode(claims)}`),
    /** The claims of an access token of this server; `undefined` for anything else. */
    verify: (token: string) => verifyJwt(publicKey, token),
  };
}

function signJwt(key: KeyObject, input: string): string {
  return `${input}.${toRaw(sign('sha256', Buffer.from(input), key)).toString('base64url')}`;
}

function verifyJwt(key: KeyObject, token: string): Claims | undefined {
  const [header, payload = '', signature = ''] = token.split('.');
  if (header !== headers.accessToken) return undefined;
  const raw = Buffer.from(signature, 'base64url');
  if (raw.length !== 2 * half) return undefined;
  if (!verify('sha256', Buffer.from(`${header}.${payload}`), key, toDer(raw))) return undefined;
  // Signed by this server, which signs objects only.
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
}

/** DER: 30 length, then 02 length bytes for each number, with a zero before a high bit. */
function toRaw(der: Buffer): Buffer {
  const raw = Buffer.alloc(2 * half);
  let at = 2;
  for (const end of [half, 2 * half]) {
    const length = der[at + 1] ?? 0;
    const from = at + 2 + Math.max(0, length - half);
    const until = at + 2 + length;
    der.copy(raw, end - (until - from), from, until);
    at = until;
  }
  return raw;
}

function toDer(raw: Buffer): Buffer {
  const numbers = [raw.subarray(0, half), raw.subarray(half)].map((bytes) => {
    let start = 0;
    while (start < half - 1 && bytes[start] === 0) start += 1;
    const isHigh = ((bytes[start] ?? 0) & 0x80) !== 0;
    const number = bytes.subarray(start);
    const zero = isHigh ? [0] : [];
    return Buffer.from([0x02, number.length + zero.length, ...zero, ...number]);
  });
  const body = Buffer.concat(numbers);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
