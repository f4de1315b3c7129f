// What users allowed clients to do.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import { consentTables } from './consents-tables.store.ts';
import { createConsent } from './consents.service.ts';
import { createConsentStore } from './consents.store.ts';

export const consentsModule: Module = { name: 'consents', tables: consentTables, mails: [] };

export interface ConsentsDependencies extends Runtime {
  readonly audit: Audit;
}

export function createConsentsModule(dependencies: ConsentsDependencies) {
  const { audit, db, now } = dependencies;
  const consents = createConsentStore(db);
  return { consents, consent: createConsent({ consents, audit, now }) };
}
