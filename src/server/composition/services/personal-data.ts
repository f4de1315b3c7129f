// Creates the services for custom attributes and data export.
import type { Config } from '#config/config.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { SigningKeys } from '#core/keys/signing-keys.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import { createExportContent } from '#features/data-export/export-content.service.ts';
import { createExportMaking } from '#features/data-export/export-writer.service.ts';
import { createExports } from '#features/data-export/exports.service.ts';
import type { SupplementRegistry } from '#features/custom-attributes/schema/registry.service.ts';
import { createSupplements } from '#features/custom-attributes/custom-attributes.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { createExportPartStore } from '#features/data-export/export-parts.store.ts';
import { createExportStore } from '#features/data-export/exports.store.ts';
import { createSupplementStore } from '#features/custom-attributes/custom-attributes.store.ts';

export { loadSupplements } from '#features/custom-attributes/schema/registry.service.ts';

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
