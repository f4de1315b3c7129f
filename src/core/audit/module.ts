// The audit log: writing and searching events, and the signed chain over them.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { SigningKeys } from '#core/keys/signing-keys.service.ts';
import { createAuditEventStore } from './audit-events.store.ts';
import { createAuditSearch } from './audit-search.service.ts';
import { createAuditSearchStore } from './audit-search.store.ts';
import { auditTables } from './audit-tables.store.ts';
import { createAudit, type Audit } from './audit.service.ts';
import { createAuditChain } from './chain/audit-chain.service.ts';
import { createAuditChainStore } from './chain/audit-chain.store.ts';
import { createAuditExport } from './chain/audit-export.service.ts';
import { createAuditExportStore } from './chain/audit-export.store.ts';
import { createRecordedVerification } from './chain/recorded-verification.service.ts';
import { createAuditHeads } from './chain/signed-heads.service.ts';
import { createAuditVerification } from './chain/verification.service.ts';

export const auditModule: Module = { name: 'audit', tables: auditTables, mails: [] };

export function createAuditModule(dependencies: Runtime) {
  const { db, log, requestOrigin: origin, now } = dependencies;
  const auditEvents = createAuditEventStore(db);
  return { auditEvents, audit: createAudit({ events: auditEvents, origin, log, now }) };
}

export interface AuditChainModuleDependencies extends Runtime {
  readonly signingKeys: SigningKeys;
  readonly audit: Audit;
}

/** Separate from the module above, because the signing keys are audited themselves. */
export function createAuditChainModule(dependencies: AuditChainModuleDependencies) {
  const { signingKeys, audit, config, db, log, now } = dependencies;
  const chain = createAuditChainStore(db);
  const heads = createAuditHeads({ signingKeys, issuer: config.issuer, now });
  const auditChain = createAuditChain({ db, chain, heads, log });
  const search = createAuditExportStore(db);
  const auditSearchStore = createAuditSearchStore(db);
  const auditExport = createAuditExport({ chain, search, sealing: auditChain, signingKeys });
  const auditVerification = createAuditVerification({ chain, heads });
  const events = auditSearchStore;
  return {
    auditChain,
    auditExport,
    auditSearchStore,
    auditSearch: createAuditSearch({ events, auditExport }),
    auditVerification,
    recordedVerification: createRecordedVerification({ auditVerification, audit, events, log }),
  };
}
