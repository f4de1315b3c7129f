// Clients and the APIs that they call.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Rank } from '#core/access-control/rank.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import { countLookups } from '#platform/metrics/cache-metrics.ts';
import { createClientSearchStore } from './administration/client-search.store.ts';
import { createResourceAdministration } from './administration/resource-administration.service.ts';
import { createApiResourceStore } from './api-resources.store.ts';
import { clientTables } from './clients-tables.store.ts';
import { createClients } from './clients.service.ts';
import { createClientStore } from './clients.store.ts';

export const clientsModule: Module = { name: 'clients', tables: clientTables, mails: [] };

export interface ClientsDependencies extends Runtime {
  readonly audit: Audit;
  readonly rank: Rank;
  readonly invalidation: Invalidation;
}

export function createClientsModule(dependencies: ClientsDependencies) {
  const { audit, rank, invalidation, config, db, metrics, now } = dependencies;
  const { issuer } = config;
  const clientStore = createClientStore(db);
  const apiResources = createApiResourceStore(db);
  const parts = { db, rank, clients: clientStore, apiResources, audit, invalidation, issuer, now };
  return {
    clientStore,
    apiResources,
    clientSearch: createClientSearchStore(db),
    clients: createClients({ ...parts, lookups: (cache) => countLookups(metrics, cache) }),
    resourceAdministration: createResourceAdministration(parts),
  };
}
