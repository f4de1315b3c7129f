// Encrypts secrets that must be readable again (such as signing keys and TOTP secrets) and derives
// one key per purpose. The keys come from config/config.ts.
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { AppError } from '#platform/errors.ts';

export interface EncryptionKey {
  readonly id: string;
  /** 32 random bytes. */
  readonly key: Buffer;
}

const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;
const version = 'v1';

/** Every encrypted text begins with this, the id of its key and a full stop. */
export const sealedStart = `${version}.`;

/**
 * The first key encrypts and every key decrypts, so that a key can be rotated while stored data
 * still names the old one.
 */
export function createKeyring(keys: readonly EncryptionKey[]) {
  const [current] = keys;
  if (!current) throw new Error('A keyring requires at least one key.');
  const sealingKeys = new Map(keys.map(({ id, key }) => [id, sealingKeyOf(key)]));
  const currentKey = sealingKeyOf(current.key);

  return {
    /** The ids of the keys; the first one encrypts. */
    ids: keys.map(({ id }) => id),
    /** The id of the key that encrypts. */
    currentId: current.id,
    /**
     * AES-256-GCM. The context (kind and owner of the secret) is authenticated, so that a
     * ciphertext cannot be moved to another row or column.
     */
    seal(plain: string | Uint8Array, context: string): string {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', currentKey, nonce);
      cipher.setAAD(authenticatedData(current.id, context));
      const sealed = Buffer.concat([
        nonce,
        cipher.update(plain),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return `${version}.${current.id}.${sealed.toString('base64url')}`;
    },

    /**
     * Decrypts a text that was sealed under the same context.
     * @throws AppError `internal` for any other
     */
    open(sealed: string, context: string): Buffer {
      const [writtenVersion, id = '', text = '', ...rest] = sealed.split('.');
      const key = sealingKeys.get(id);
      if (writtenVersion !== version || rest.length > 0) throw unreadable('unknown format');
      if (!key) throw unreadable(`ENCRYPTION_KEYS has no key named ${JSON.stringify(id)}`);
      try {
        return decrypt(key, Buffer.from(text, 'base64url'), authenticatedData(id, context));
      } catch (cause) {
        throw unreadable('it was modified, moved or sealed with another key', cause);
      }
    },

    /**
     * Derives one 32-byte key per configured key for this purpose (HKDF-SHA256, RFC 5869); the
     * first is the current one.
     */
    derive(purpose: string): readonly Buffer[] {
      return keys.map(({ key }) => deriveKey(key, `derive:${purpose}`));
    },
  };
}
export type Keyring = ReturnType<typeof createKeyring>;

function decrypt(key: KeyObject, sealed: Buffer, aad: Buffer): Buffer {
  if (sealed.length < nonceBytes + tagBytes) throw new Error('too short');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
}

/** For a key that is a buffer, Node.js creates an error object at each use, which takes five times as long. */
function sealingKeyOf(key: Buffer): KeyObject {
  return createSecretKey(deriveKey(key, 'seal'));
}

/** Encryption and derivation use separate keys, and neither uses the configured key itself. */
function deriveKey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `ostiary:${purpose}`, keyBytes));
}

function authenticatedData(keyId: string, context: string): Buffer {
  return Buffer.from(JSON.stringify([version, keyId, context]));
}

function unreadable(why: string, cause?: unknown): AppError {
  return new AppError('internal', 'Something went wrong on our side.', {
    cause: new Error(`A sealed secret cannot be opened: ${why}.`, { cause }),
  });
}
