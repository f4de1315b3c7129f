// Checks whether ENCRYPTION_KEYS lacks a key that is needed, or has a former one that can be removed.
import type { Config } from '#config/config.ts';
import { createEncryptionKeyStore } from '#core/keys/encryption/encryption-keys.store.ts';
import {
  createEncryptionKeys,
  describeNeed,
} from '#core/keys/encryption/encryption-keys.service.ts';
import { usesOf, type EncryptionKeyUse } from '#core/keys/encryption/encryption-keys.ts';
import {
  createSealedColumnStore,
  sealedTablesOf,
} from '#core/keys/encryption/sealed-columns.store.ts';
import type { Database } from '#platform/database/postgres.ts';
import { tables } from '#server/modules.ts';
import { inspectSafely, type Finding } from '#cli/doctor/findings.ts';

const check = 'encryption keys';

interface Inspected {
  readonly encryptionKeys: Config['encryptionKeys'];
  readonly now: () => Date;
}

export function inspectEncryptionKeys(
  db: Database,
  { encryptionKeys, now }: Inspected,
): Promise<Finding> {
  return inspectSafely(check, async () => {
    const service = createEncryptionKeys({
      places: sealedTablesOf(tables),
      sealedColumns: createSealedColumnStore(db),
      encryptionKeyStore: createEncryptionKeyStore(db),
      keyring: { ids: encryptionKeys.map(({ id }) => id) },
      now,
    });
    return describeUses(usesOf(await service.inventory(), now()));
  });
}

export function describeUses(uses: readonly EncryptionKeyUse[]): Finding {
  const [missing] = uses.filter(({ state }) => state === 'missing');
  if (missing) {
    const message = `ENCRYPTION_KEYS lacks ${missing.id}, needed for ${describeNeed(missing)}.`;
    const next = 'Put the key back, after the first one.';
    return { check, state: 'fail', message, next };
  }
  const removable = uses.filter(({ state }) => state === 'removable').map(({ id }) => id);
  if (removable.length > 0) {
    const message = `Nothing needs these keys any more: ${removable.join(', ')}.`;
    return { check, state: 'warn', message, next: 'Remove them from ENCRYPTION_KEYS.' };
  }
  if (uses.length === 0) return { check, state: 'ok', message: 'Nothing is encrypted yet.' };
  const former = uses.filter(({ state }) => state !== 'current').map(describeFormer);
  if (former.length === 0) return { check, state: 'ok', message: 'One key encrypts everything.' };
  return { check, state: 'ok', message: `Former keys must stay: ${former.join('; ')}.` };
}

function describeFormer(use: EncryptionKeyUse): string {
  if (use.state === 'uncounted') return `${use.id}, unless "ostiary key status --exact" frees it`;
  const need = describeNeed(use) || 'links in mail';
  return `${use.id} for ${need}, until ${use.removableAt?.toISOString()} at the latest`;
}
