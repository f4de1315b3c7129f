// Export of the personal data of a user (GDPR Art. 15 and 20).
import { exportMails } from './data-export.mails.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { TableRules } from '#core/modules/table-rules.ts';
import type { SigningKeys } from '#core/keys/signing-keys.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { dataExportTables } from './data-export-tables.store.ts';
import { createExportContent } from './export-content.service.ts';
import { createExportPartStore } from './export-parts.store.ts';
import { createExportWriter } from './export-writer.service.ts';
import { createExports } from './exports.service.ts';
import { createExportStore } from './exports.store.ts';

export const dataExportModule: Module = {
  name: 'data-export',
  tables: dataExportTables,
  mails: exportMails,
};

export interface DataExportDependencies extends Runtime {
  readonly tables: readonly TableRules[];
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly users: UserStore;
  readonly signingKeys: SigningKeys;
}

export function createDataExportModule(dependencies: DataExportDependencies) {
  const { tables, audit, outbox, users, signingKeys, config, db, keyring, log, now } = dependencies;
  const { issuer } = config;
  const exports = createExportStore(db);
  const content = createExportContent({ parts: createExportPartStore(db, tables), issuer, now });
  const exportWriter = createExportWriter({
    db,
    exports,
    users,
    content,
    keyring,
    signingKeys,
    outbox,
    issuer,
    log,
    now,
  });
  const parts = { db, exports, users, making: exportWriter, audit, keyring, now };
  return { exportWriter, exports: createExports(parts) };
}
