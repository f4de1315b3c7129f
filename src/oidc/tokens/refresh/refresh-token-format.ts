// The format of refresh tokens: family id, generation, secret, and a MAC over the three. The MAC
// allows rejecting a forged token without a database query, and prevents an attacker who knows only
// a family id from revoking it. The successor's secret is derived from its predecessor, so that two
// nodes, two tabs and a repeated request compute the same successor.
import { createHmac, createSecretKey, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { equalBytes } from '#platform/crypto/hashing.ts';
import { formatUuid } from '#platform/crypto/ids.ts';
import { refreshTokenPrefix as prefix } from '#oidc/tokens/token-prefixes.ts';

const idBytes = 16;
const generationBytes = 4;
const secretBytes = 32;
const macBytes = 16;
const bodyBytes = idBytes + generationBytes + secretBytes;
const tokenLength = prefix.length + Math.ceil(((bodyBytes + macBytes) * 4) / 3);

export interface RefreshTokenParts {
  readonly familyId: string;
  readonly generation: number;
}

/** @param keys 32 bytes each; the first key signs new tokens, every key verifies */
export function createRefreshTokenFormat(keys: readonly Buffer[]) {
  const pairs = keys.map((key) => ({
    mac: purposeKey(key, 'refresh token mac'),
    successor: purposeKey(key, 'refresh token successor'),
  }));
  const [current] = pairs;
  if (!current) throw new TypeError('at least one refresh token key is required');

  function write(familyId: Buffer, generation: number, secret: Buffer, macKey: KeyObject): string {
    const counter = Buffer.alloc(generationBytes);
    counter.writeUInt32BE(generation);
    const body = Buffer.concat([familyId, counter, secret]);
    return prefix + Buffer.concat([body, macOf(body, macKey)]).toString('base64url');
  }

  return {
    /** Creates the first token of a new family. */
    mint(): string {
      const familyId = Buffer.from(randomUUID().replaceAll('-', ''), 'hex');
      return write(familyId, 0, randomBytes(secretBytes), current.mac);
    },
    /**
     * Returns `undefined` unless the MAC is valid. An authentic token may still be expired or
     * revoked.
     */
    read(token: string): RefreshTokenParts | undefined {
      if (token.length !== tokenLength || !token.startsWith(prefix)) return undefined;
      const bytes = bytesOf(token);
      // Base64url allows several spellings of the same bytes; only the canonical one matches the
      // stored hash.
      if (prefix + bytes.toString('base64url') !== token) return undefined;
      const body = bytes.subarray(0, bodyBytes);
      const mac = bytes.subarray(bodyBytes);
      if (!pairs.some((pair) => equalBytes(macOf(body, pair.mac), mac))) return undefined;
      return {
        familyId: formatUuid(body.subarray(0, idBytes)),
        generation: body.readUInt32BE(idBytes),
      };
    },
    /**
     * The possible successors of an authentic token: one per key, that of the current key first.
     */
    successors(token: string): readonly [string, ...string[]] {
      const bytes = bytesOf(token);
      const familyId = bytes.subarray(0, idBytes);
      const generation = bytes.readUInt32BE(idBytes) + 1;
      const follow = (pair: { mac: KeyObject; successor: KeyObject }) =>
        write(
          familyId,
          generation,
          createHmac('sha256', pair.successor).update(token).digest(),
          pair.mac,
        );
      return [follow(current), ...pairs.slice(1).map(follow)];
    },
  };
}

export type RefreshTokenFormat = ReturnType<typeof createRefreshTokenFormat>;

function bytesOf(token: string): Buffer {
  return Buffer.from(token.slice(prefix.length), 'base64url');
}

/** Creates the KeyObject once: Node would convert a Buffer at every use, at ten times the cost. */
function purposeKey(key: Buffer, purpose: string): KeyObject {
  return createSecretKey(createHmac('sha256', key).update(purpose).digest());
}

function macOf(body: Buffer, key: KeyObject): Buffer {
  return createHmac('sha256', key).update(body).digest().subarray(0, macBytes);
}
