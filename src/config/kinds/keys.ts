// Lists of keys. Their order matters: the first key is used for new data, all are accepted.
import type { EncryptionKey } from '#platform/crypto/encryption.ts';
import type { Kind } from '#config/setting.ts';
import { parseList } from './lists.ts';

export const encryptionKeys: Kind<readonly EncryptionKey[]> = {
  values: '`id:key` pairs, comma separated; a key is base64 of 32 bytes',
  secret: true,
  parse(text) {
    const keys = parseList(text).map(parseEncryptionKey);
    if (hasTwice(keys.map(({ id }) => id))) throw new Error('must not repeat an id');
    if (hasTwice(keys.map(({ key }) => key.toString('hex')))) {
      throw new Error('must not contain a key twice');
    }
    return keys;
  },
  mask: (keys) => `set: ${keys.map(({ id }) => id).join(', ')}`,
};

export const cookieKeys: Kind<readonly string[]> = {
  values: 'base64url of at least 32 bytes each, comma separated',
  secret: true,
  parse(text) {
    const keys = parseList(text);
    if (keys.some((key) => !isKey(key, 32))) {
      throw new Error('must be base64url of at least 32 random bytes for each key');
    }
    if (hasTwice(keys)) throw new Error('must not contain a key twice');
    return keys;
  },
  mask: (keys) => `set: ${keys.length}`,
};

function parseEncryptionKey(entry: string): EncryptionKey {
  const [, id, text] = /^([\w-]{1,32}):(.+)$/.exec(entry) ?? [];
  const key = Buffer.from(text ?? '', 'base64');
  if (!id || !text || key.length !== 32 || !isKey(text, 32)) {
    throw new Error(
      'must be id:key pairs, with an id of letters and digits and base64 of 32 random bytes',
    );
  }
  return { id, key };
}

/** True for base64 or base64url of at least this many bytes. */
function isKey(text: string, minimumBytes: number): boolean {
  if (!/^[\w+/-]+={0,2}$/.test(text)) return false;
  return Buffer.from(text, 'base64').length >= minimumBytes;
}

function hasTwice(entries: readonly string[]): boolean {
  return new Set(entries).size < entries.length;
}
