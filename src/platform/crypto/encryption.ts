// Seals secrets that must be read again (signing keys, later TOTP seeds) and derives keys for one
// purpose each. Where the keys come from is left to config/config.ts; what is sealed, to the
// stores.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
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

/** The first key seals; every key opens, so keys can be replaced while data still names the old one. */
export function createKeyring(keys: readonly EncryptionKey[]) {
  const [current] = keys;
  if (!current) throw new Error('A keyring needs at least one key.');
  const sealingKeys = new Map(keys.map(({ id, key }) => [id, deriveKey(key, 'seal')]));
  const currentKey = deriveKey(current.key, 'seal');

  return {
    /** AES-256-GCM. The context (what, whose) is authenticated: a sealed text fits no other place. */
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

    /** What was sealed under the same context; anything else is refused. */
    open(sealed: string, context: string): Buffer {
      const [writtenVersion, id = '', text = '', ...rest] = sealed.split('.');
      const key = sealingKeys.get(id);
      if (writtenVersion !== version || rest.length > 0) throw unreadable('its form is unknown');
      if (!key) throw unreadable(`ENCRYPTION_KEYS has no key named ${JSON.stringify(id)}`);
      try {
        return decrypt(key, Buffer.from(text, 'base64url'), authenticatedData(id, context));
      } catch (cause) {
        throw unreadable('it was altered, moved or sealed with another key', cause);
      }
    },

    /** One 32-byte key per configured key, for one purpose (HKDF-SHA256, RFC 5869); first = current. */
    derive(purpose: string): readonly Buffer[] {
      return keys.map(({ key }) => deriveKey(key, `derive:${purpose}`));
    },
  };
}
export type Keyring = ReturnType<typeof createKeyring>;

function decrypt(key: Buffer, sealed: Buffer, aad: Buffer): Buffer {
  if (sealed.length < nonceBytes + tagBytes) throw new Error('too short');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
}

/** Sealing and deriving never use the same key, nor does either use the configured one itself. */
function deriveKey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `ostiary:${purpose}`, keyBytes));
}

function authenticatedData(keyId: string, context: string): Buffer {
  return Buffer.from(JSON.stringify([version, keyId, context]));
}

function unreadable(why: string, cause?: unknown): AppError {
  return new AppError('internal', 'Something went wrong on our side.', {
    cause: new Error(`A sealed secret can not be opened: ${why}.`, { cause }),
  });
}
