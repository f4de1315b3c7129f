// Identity providers that operators manage at run time. Sign-in with them is in features/federation/.
import type { Audit } from '#core/audit/audit.service.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import {
  reloadAfterChanges,
  type Invalidation,
} from '#core/subject-status/invalidation.service.ts';
import { createActiveProviders } from './active-providers.service.ts';
import { identityProviderTables } from './identity-providers-tables.store.ts';
import { createIdentityProviders } from './identity-providers.service.ts';
import { createIdentityProviderStore } from './identity-providers.store.ts';

export const identityProvidersModule: Module = {
  name: 'identity-providers',
  tables: identityProviderTables,
  mails: [],
};

export interface IdentityProvidersDependencies extends Runtime {
  readonly audit: Audit;
  readonly invalidation: Invalidation;
}

export function createIdentityProvidersModule(dependencies: IdentityProvidersDependencies) {
  const { config, db, invalidation, keyring, log } = dependencies;
  const store = createIdentityProviderStore(db);
  const configured = config.signInProviders;
  const activeProviders = createActiveProviders({ configured, store, keyring, log });
  const requiresTls = config.environment === 'production';
  const parts = { ...dependencies, store, activeProviders, requiresTls };
  const identityProviders = createIdentityProviders(parts);
  reloadAfterChanges(invalidation, {
    load: () => activeProviders.load(),
    log,
    failure: 'identity providers could not be loaded',
  });
  return { activeProviders, identityProviders };
}
