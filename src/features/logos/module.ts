// Copies of the logos of clients and identity providers.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { ActiveProviders } from '#features/identity-providers/active-providers.service.ts';
import { createOutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import { logoTables } from './logos-tables.store.ts';
import { createLogos } from './logos.service.ts';
import { createLogoStore } from './logos.store.ts';

export const logosModule: Module = { name: 'logos', tables: logoTables, mails: [] };

export interface LogosModuleDependencies extends Runtime {
  readonly invalidation: Invalidation;
  readonly activeProviders: ActiveProviders;
}

export function createLogosModule(dependencies: LogosModuleDependencies) {
  const { activeProviders, invalidation, config, db, log, now } = dependencies;
  return {
    logos: createLogos({
      store: createLogoStore(db),
      fetch: createOutboundFetch({
        allow: config.outboundAllow,
        observation: dependencies.observation,
      }),
      activeProviders,
      invalidation,
      log,
      now,
    }),
  };
}
