// The operator's own logo, colors, fonts and links on pages and in mails.
import type { Audit } from '#core/audit/audit.service.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import {
  reloadAfterChanges,
  type Invalidation,
} from '#core/subject-status/invalidation.service.ts';
import type { Brand } from './brand.ts';
import { createActiveBrand } from './stored/active-brand.service.ts';
import { createBranding } from './stored/branding.service.ts';
import { brandingTables } from './stored/branding-tables.store.ts';
import { createStoredBrandingStore } from './stored/stored-branding.store.ts';

export const brandingModule: Module = { name: 'branding', tables: brandingTables, mails: [] };

export interface BrandingModuleDependencies extends Runtime {
  readonly audit: Audit;
  readonly invalidation: Invalidation;
  /** The brand that BRANDING sets. */
  readonly configuredBrand: Brand | undefined;
  /** False for commands, which show no pages. */
  readonly showsPages: boolean;
}

export function createBrandingModule(dependencies: BrandingModuleDependencies) {
  const { db, configuredBrand: configured, invalidation, log } = dependencies;
  const store = createStoredBrandingStore(db);
  const activeBrand = createActiveBrand({ ...dependencies, configured, store });
  reloadAfterChanges(invalidation, {
    load: () => activeBrand.load(),
    log,
    failure: 'the brand could not be loaded',
  });
  return {
    activeBrand,
    brandingAdministration: createBranding({ ...dependencies, store, activeBrand }),
  };
}
