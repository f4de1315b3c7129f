// Backup and restoration of the database, and what the installation knows about both.
import type { Audit } from '#core/audit/audit.service.ts';
import type { AuditChain } from '#core/audit/chain/audit-chain.service.ts';
import type { AuditVerification } from '#core/audit/chain/verification.service.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { createRevocationStore } from '#core/revocation/revocation.store.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import manifest from '../../../package.json' with { type: 'json' };
import { createBackup } from './backup.service.ts';
import { installationTables } from './installation-tables.store.ts';
import { createInstallationStore } from './installation.store.ts';
import { createRestoration } from './restoration.service.ts';
import { createRestorationStore } from './restoration.store.ts';

export const backupModule: Module = { name: 'backup', tables: installationTables, mails: [] };

export interface BackupModuleDependencies extends Runtime {
  readonly audit: Audit;
  readonly auditChain: AuditChain;
  readonly auditVerification: AuditVerification;
  readonly invalidation: Invalidation;
}

export function createBackupModule(dependencies: BackupModuleDependencies) {
  const { db } = dependencies;
  const installation = createInstallationStore(db);
  return {
    backup: createBackup({ ...dependencies, version: manifest.version, installation }),
    restoration: createRestoration({
      ...dependencies,
      store: createRestorationStore(db),
      revocations: createRevocationStore(db),
      installation,
    }),
  };
}
