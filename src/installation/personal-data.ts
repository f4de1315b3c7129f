// What is kept about people beside the standard claims, and the copies that they get of everything.
import type { Config } from '#platform/settings/config.ts';
import type { Keyring } from '#platform/secrets/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Audit } from '#services/audit/audit.ts';
import type { SigningKeys } from '#services/clients/signing-keys.ts';
import type { Outbox } from '#services/delivery/outbox.ts';
import { createExportContent } from '#services/personal-data/export-content.ts';
import { createExportMaking } from '#services/personal-data/export-making.ts';
import { createExports } from '#services/personal-data/exports.ts';
import type { SupplementRegistry } from '#services/personal-data/supplement-registry.ts';
import { createSupplements } from '#services/personal-data/supplements.ts';
import type { UserStore } from '#stores/accounts/users.ts';
import { createExportPartStore } from '#stores/personal-data/export-parts.ts';
import { createExportStore } from '#stores/personal-data/exports.ts';
import { createSupplementStore } from '#stores/personal-data/supplements.ts';

export { loadSupplements } from '#services/personal-data/supplement-registry.ts';

export interface PersonalDataParts {
  readonly config: Pick<Config, 'issuer'>;
  readonly registry: SupplementRegistry;
  readonly log: Log;
  readonly now: () => Date;
  readonly db: Database;
  readonly keyring: Keyring;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly signingKeys: SigningKeys;
  readonly stores: { readonly users: UserStore };
}

export function wirePersonalData(parts: PersonalDataParts) {
  const { config, db, stores, now } = parts;
  const { issuer } = config;
  const exports = createExportStore(db);
  const content = createExportContent({ parts: createExportPartStore(db), issuer, now });
  const common = { ...parts, users: stores.users, exports, issuer };
  const exportMaking = createExportMaking({ ...common, content });
  return {
    exportMaking,
    exports: createExports({ ...common, making: exportMaking }),
    supplements: createSupplements({ ...common, supplements: createSupplementStore(db) }),
  };
}
