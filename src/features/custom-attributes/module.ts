// Attributes of users that operators declare with JSON Schemas.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Rank } from '#core/access-control/rank.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { customAttributeTables } from './custom-attributes-tables.store.ts';
import { createCustomAttributes } from './custom-attributes.service.ts';
import { createCustomAttributeStore } from './custom-attributes.store.ts';
import type { CustomAttributeRegistry } from './schema/registry.service.ts';

export const customAttributesModule: Module = {
  name: 'custom-attributes',
  tables: customAttributeTables,
  mails: [],
};

export interface CustomAttributesDependencies extends Runtime {
  readonly customAttributeRegistry: CustomAttributeRegistry;
  readonly audit: Audit;
  readonly rank: Rank;
  readonly users: UserStore;
}

export function createCustomAttributesModule(dependencies: CustomAttributesDependencies) {
  const { customAttributeRegistry: registry, audit, rank, users, db, now } = dependencies;
  const supplements = createCustomAttributeStore(db);
  return {
    supplements: createCustomAttributes({ db, rank, supplements, users, registry, audit, now }),
  };
}
