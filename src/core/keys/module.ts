// The keys that sign tokens and the heads of the audit chain, and their rotation.
import type { Rank } from '#core/access-control/rank.service.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import type { Module } from '#core/modules/module.ts';
import type { TableRules } from '#core/modules/table-rules.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import { collectKeyAge } from './key-metrics.service.ts';
import {
  reloadAfterChanges,
  type Invalidation,
} from '#core/subject-status/invalidation.service.ts';
import { createEncryptionKeyStore } from './encryption/encryption-keys.store.ts';
import { createEncryptionKeys } from './encryption/encryption-keys.service.ts';
import { createReencryption } from './encryption/reencryption.service.ts';
import { createSealedColumnStore, sealedTablesOf } from './encryption/sealed-columns.store.ts';
import { keyTables } from './keys-tables.store.ts';
import { createKeyRotation } from './rotation/key-rotation.service.ts';
import { createSigningKeySet, type SigningKeySet } from './signing-key-set.service.ts';
import { offeredAlgorithms, rotationPolicy } from './signing-keys.ts';
import { createSigningKeys, type SigningKeys } from './signing-keys.service.ts';
import { createSubjectKey } from './subjects/subject-key.service.ts';
import { createSubjectKeyStore } from './subjects/subject-key.store.ts';
import { createSigningKeyStore, type SigningKeyStore } from './signing-keys.store.ts';

export const keysModule: Module = { name: 'keys', tables: keyTables, mails: [] };

export interface KeysDependencies extends Runtime {
  readonly audit: Audit;
}

export function createKeysModule(dependencies: KeysDependencies) {
  const { audit, config, db, keyring, metrics, now } = dependencies;
  const algorithms = offeredAlgorithms(config);
  const keys = createSigningKeyStore(db);
  const signingKeys = createSigningKeys({ db, keys, keyring, audit, algorithms, now });
  collectKeyAge({ metrics, list: signingKeys.list, now });
  return {
    signingKeyStore: keys,
    signingKeys,
    signingKeySet: createSigningKeySet({ signingKeys }),
    subjectKey: createSubjectKey({ store: createSubjectKeyStore(db), keyring, now }),
  };
}

export interface KeyRotationModuleDependencies extends Runtime {
  readonly signingKeyStore: SigningKeyStore;
  readonly signingKeys: SigningKeys;
  readonly signingKeySet: SigningKeySet;
  readonly audit: Audit;
  readonly rank: Rank;
  readonly approvals: Approvals;
  readonly invalidation: Invalidation;
}

/** Separate from the module above, because the audit log signs with the keys. */
export function createKeyRotationModule(dependencies: KeyRotationModuleDependencies) {
  const { approvals, config, invalidation, log, signingKeySet } = dependencies;
  const keyRotation = createKeyRotation({
    ...dependencies,
    policy: rotationPolicy(config),
    algorithms: offeredAlgorithms(config),
  });
  approvals.register('keys.rotate', (_approval, by) => keyRotation.replaceAll(by));
  reloadAfterChanges(invalidation, {
    load: () => signingKeySet.refresh(),
    log,
    failure: 'the signing keys could not be loaded',
  });
  return { keyRotation };
}

export interface EncryptionKeysModuleDependencies extends Runtime {
  readonly tables: readonly TableRules[];
}

export function createEncryptionKeysModule(dependencies: EncryptionKeysModuleDependencies) {
  const { db, tables } = dependencies;
  const sealed = { places: sealedTablesOf(tables), sealedColumns: createSealedColumnStore(db) };
  const encryptionKeyStore = createEncryptionKeyStore(db);
  return {
    encryptionKeys: createEncryptionKeys({ ...dependencies, ...sealed, encryptionKeyStore }),
    reencryption: createReencryption({ ...dependencies, ...sealed }),
  };
}
