// Attributes of users that operators declare with JSON Schemas.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { customAttributeTables } from './custom-attributes-tables.store.ts';
import { createSupplements } from './custom-attributes.service.ts';
import { createSupplementStore } from './custom-attributes.store.ts';
import type { SupplementRegistry } from './schema/registry.service.ts';

export const customAttributesModule: Module = {
  name: 'custom-attributes',
  tables: customAttributeTables,
  mails: [],
};

export interface CustomAttributesDependencies extends Runtime {
  readonly supplementRegistry: SupplementRegistry;
  readonly audit: Audit;
  readonly users: UserStore;
}

export function createCustomAttributesModule(dependencies: CustomAttributesDependencies) {
  const { supplementRegistry: registry, audit, users } = dependencies;
  const { db, now } = dependencies;
  const supplements = createSupplementStore(db);
  return { supplements: createSupplements({ db, supplements, users, registry, audit, now }) };
}
