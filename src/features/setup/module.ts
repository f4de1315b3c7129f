// The link with which the first administrator is created.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { RoleStore } from '#core/users/roles.store.ts';
import type { Registration } from '#features/registration/registration.service.ts';
import { createSetupLinkStore } from './setup-links.store.ts';
import { setupTables } from './setup-tables.store.ts';
import { createSetup } from './setup.service.ts';

export const setupModule: Module = { name: 'setup', tables: setupTables, mails: [] };

export interface SetupModuleDependencies extends Runtime {
  readonly audit: Audit;
  readonly roles: RoleStore;
  readonly registration: Registration;
}

export function createSetupModule(dependencies: SetupModuleDependencies) {
  const { audit, roles, registration, config, db, now } = dependencies;
  const { issuer } = config;
  const links = createSetupLinkStore(db);
  return { setup: createSetup({ issuer, links, roles, registration, audit, now }) };
}
