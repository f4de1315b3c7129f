// The keys that sign tokens and the heads of the audit chain.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import { collectKeyAge } from './key-metrics.service.ts';
import { keyTables } from './keys-tables.store.ts';
import { createSigningKeys } from './signing-keys.service.ts';
import { createSigningKeyStore } from './signing-keys.store.ts';

export const keysModule: Module = { name: 'keys', tables: keyTables, mails: [] };

export interface KeysDependencies extends Runtime {
  readonly audit: Audit;
}

export function createKeysModule(dependencies: KeysDependencies) {
  const { audit, db, keyring, metrics, now } = dependencies;
  const keys = createSigningKeyStore(db);
  const signingKeys = createSigningKeys({ db, keys, keyring, audit, now });
  collectKeyAge({ metrics, list: signingKeys.list, now });
  return { signingKeys };
}
