// Import of users from another system, with their password hashes.
import type { Audit } from '#core/audit/audit.service.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { createRegistrationCounter } from '#features/registration/registration-metrics.ts';
import { createHashOpener } from './sealed-hashes.service.ts';
import { createUserImport } from './user-import.service.ts';
import { createImportStore } from './user-import.store.ts';

export const userImportModule: Module = { name: 'user-import', tables: [], mails: [] };

export interface UserImportDependencies extends Runtime {
  readonly audit: Audit;
}

export function createUserImportModule(dependencies: UserImportDependencies) {
  const { audit, db, keyring, metrics, now } = dependencies;
  const imports = createImportStore(db);
  const registrations = createRegistrationCounter(metrics);
  const imported = (count: number) => registrations.add({ method: 'import' }, count);
  return {
    userImporter: createUserImport({ imports, audit, keyring, imported, now }),
    /** Decrypts the password hash of an imported user. */
    openHash: createHashOpener(keyring),
  };
}
