// A software authenticator with ES256 keys and no attestation. Each part of its output can be
// replaced with what an attacker or a broken device would send.
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

export interface Options {
  readonly challenge: string;
  readonly rpId?: string;
  readonly rp?: { readonly id?: string };
  readonly user?: { readonly id: string };
}

/** Parts of the output that differ from those of a correct authenticator. */
export interface Twist {
  readonly type?: string;
  readonly challenge?: string;
  readonly origin?: string;
  readonly crossOrigin?: boolean;
  readonly topOrigin?: string;
  readonly rpId?: string;
  /** UP 1, UV 4, BE 8, BS 16; AT is added at registration. */
  readonly flags?: number;
  readonly algorithm?: number;
  readonly id?: Buffer;
  readonly userHandle?: string | undefined;
  readonly signCount?: number;
  /** The signature is over other bytes than those sent. */
  readonly breaksSignature?: boolean;
  /** Replace the encoded bytes of the key, the authenticator data or the attestation object. */
  readonly key?: (bytes: Buffer) => Buffer;
  readonly authData?: (bytes: Buffer) => Buffer;
  readonly attestation?: (bytes: Buffer) => Buffer;
}

export interface Authenticator {
  /** The result of `navigator.credentials.create` as JSON. */
  create(options: Options, twist?: Twist): string;
  /** The result of `navigator.credentials.get` as JSON. */
  get(options: Options, twist?: Twist): string;
  /** The credential ID in base64url. */
  readonly id: string;
}

const attested = 64;

export interface AuthenticatorFacts {
  readonly issuer: string;
  /** True if the credential is backup eligible and backed up. */
  readonly synced?: boolean;
  /** False if the signature counter is always zero, as with synced passkeys. */
  readonly counts?: boolean;
  /** The model; by default hidden, as most browsers do without attestation. */
  readonly aaguid?: string;
}

export function createAuthenticator({
  issuer,
  synced = false,
  counts = !synced,
  aaguid = '00000000-0000-0000-0000-000000000000',
}: AuthenticatorFacts): Authenticator {
  const { origin, hostname } = new URL(issuer);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(32);
  const model = Buffer.from(aaguid.replaceAll('-', ''), 'hex');
  const usualFlags = synced ? 1 + 4 + 8 + 16 : 1 + 4;
  const kept: { handle?: string | undefined; count: number } = { count: 0 };

  function clientData(type: string, { challenge }: Options, twist: Twist): Buffer {
    const { crossOrigin = false, topOrigin } = twist;
    const data = {
      type: twist.type ?? type,
      challenge: twist.challenge ?? challenge,
      origin: twist.origin ?? origin,
      crossOrigin,
      ...(topOrigin === undefined ? {} : { topOrigin }),
    };
    return Buffer.from(JSON.stringify(data));
  }

  function authData(flags: number, twist: Twist, more: Buffer = Buffer.alloc(0)): Buffer {
    kept.count += counts ? 1 : 0;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(twist.signCount ?? kept.count);
    const rpIdHash = sha256(Buffer.from(twist.rpId ?? hostname));
    return Buffer.concat([rpIdHash, Buffer.from([flags]), count, more]);
  }

  function shown(name: Buffer, response: object): string {
    const text = name.toString('base64url');
    const rest = { type: 'public-key', clientExtensionResults: {}, response };
    return JSON.stringify({ id: text, rawId: text, ...rest });
  }

  return {
    id: id.toString('base64url'),
    create(options, twist = {}) {
      kept.handle = options.user?.id;
      const name = twist.id ?? id;
      const length = Buffer.from([name.length >> 8, name.length & 255]);
      const { key: sendKey = unchanged, authData: sendData = unchanged } = twist;
      const { attestation: sendAttestation = unchanged } = twist;
      const key = sendKey(coseKey(publicKey, twist.algorithm ?? -7));
      const credential = Buffer.concat([model, length, name, key]);
      const data = sendData(authData((twist.flags ?? usualFlags) + attested, twist, credential));
      const attestation = new Map<string, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', data],
      ]);
      return shown(name, {
        clientDataJSON: clientData('webauthn.create', options, twist).toString('base64url'),
        attestationObject: sendAttestation(encode(attestation)).toString('base64url'),
        transports: ['internal'],
      });
    },
    get(options, twist = {}) {
      const clientJson = clientData('webauthn.get', options, twist);
      const data = authData(twist.flags ?? usualFlags, twist);
      const signed = Buffer.concat([
        data,
        sha256(clientJson),
        Buffer.alloc(twist.breaksSignature ? 1 : 0),
      ]);
      return shown(twist.id ?? id, {
        clientDataJSON: clientJson.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', signed, privateKey).toString('base64url'),
        userHandle: 'userHandle' in twist ? twist.userHandle : kept.handle,
      });
    },
  };
}

const unchanged = (bytes: Buffer): Buffer => bytes;

type Cbor = number | string | Buffer | ReadonlyMap<number | string, Cbor>;

/** Encodes the subset of CBOR (RFC 8949) that authenticators use. */
function encode(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, value.length), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const entries = [...value].flatMap(([name, member]) => [encode(name), encode(member)]);
  return Buffer.concat([head(5, value.size), ...entries]);
}

function head(kind: number, value: number): Buffer {
  const first = kind << 5;
  if (value < 24) return Buffer.from([first + value]);
  if (value < 256) return Buffer.from([first + 24, value]);
  return Buffer.from([first + 25, value >> 8, value & 255]);
}

function coseKey(publicKey: KeyObject, algorithm: number): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const members: [number, Cbor][] = [
    [1, 2],
    [3, algorithm],
    [-1, 1],
    [-2, Buffer.from(x, 'base64url')],
    [-3, Buffer.from(y, 'base64url')],
  ];
  return encode(new Map(members));
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
