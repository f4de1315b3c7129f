// Checks whether the configured encryption keys decrypt the signing keys in the database, and whether
// signing keys are replaced in time.
import type { Config } from '#config/config.ts';
import { createKeyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import { isPublished } from '#core/keys/signing-keys.ts';
import { openSigningKeys } from '#core/keys/signing-keys.service.ts';
import { createSigningKeyStore } from '#core/keys/signing-keys.store.ts';
import { inspectSafely, type Finding } from '#cli/doctor/findings.ts';

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

const dayMilliseconds = 24 * 60 * 60 * 1000;
/** The longest time that a key should sign for if no rotation is scheduled. */
const usualDays = 365;

/** A rotation that is a day late is not taking place. */
export function inspectKeyAges(
  db: Database,
  { config, now }: { readonly config: Config; readonly now: () => Date },
): Promise<Finding> {
  const name = 'age of signing keys';
  return inspectSafely(name, async () => {
    const states = await createSigningKeyStore(db).listStates();
    const ages = states
      .filter(({ status }) => status === 'active')
      .map(({ activatedAt, createdAt }) => now().getTime() - (activatedAt ?? createdAt).getTime());
    const days = Math.floor(Math.max(0, ...ages) / dayMilliseconds);
    const message = `The oldest active key has been signing for ${days} days.`;
    const { signingKeyDays } = config;
    if (days <= (signingKeyDays === 0 ? usualDays : signingKeyDays)) {
      return { check: name, state: 'ok', message };
    }
    const next =
      signingKeyDays === 0
        ? 'Run npx ostiary key rotate, or set SIGNING_KEY_DAYS.'
        : 'A running server replaces it within a day; read its log if it does not (key.rotation_failed).';
    return { check: name, state: 'warn', message, next };
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
