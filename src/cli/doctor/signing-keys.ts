// Checks whether the configured encryption keys decrypt the signing keys in the database.
import type { Config } from '#config/config.ts';
import { createKeyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import { isPublished } from '#core/keys/signing-keys.ts';
import { openSigningKeys } from '#core/keys/signing-keys.service.ts';
import { createSigningKeyStore } from '#core/keys/signing-keys.store.ts';
import { inspectSafely, type Finding } from './findings.ts';

const check = 'signing keys';

export function inspectSigningKeys(
  db: Database,
  encryptionKeys: Config['encryptionKeys'],
): Promise<Finding> {
  return inspectSafely(check, async () => {
    const stored = await createSigningKeyStore(db).list();
    if (stored.length === 0) {
      return { check, state: 'ok', message: 'There are none yet; the first start generates them.' };
    }
    if (encryptionKeys.length === 0) {
      return unreadable('The file keys.json with the encryption key is missing.');
    }
    try {
      openSigningKeys(stored.filter(isPublished), createKeyring(encryptionKeys));
    } catch (error) {
      return unreadable(reasonOf(error));
    }
    return { check, state: 'ok', message: 'ENCRYPTION_KEYS decrypts all signing keys.' };
  });
}

function unreadable(message: string): Finding {
  const next = 'Restore the former keys: append them to ENCRYPTION_KEYS after the new one.';
  return { check, state: 'fail', message, next };
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? cause.message : 'They cannot be decrypted.';
}
