// Configuration as code: a file describes clients, API resources, roles, groups, organizations, identity
// providers and the brand.
// The existing services write all changes of a file in one transaction.
import type { Knex } from 'knex';
import type { Change, Invalidation } from '#core/subject-status/invalidation.service.ts';
import { createAccessControlModule } from '#core/access-control/module.ts';
import { createApprovalsModule } from '#core/approvals/module.ts';
import { createAuditModule } from '#core/audit/module.ts';
import { createClientsModule } from '#core/clients/module.ts';
import { compose } from '#core/modules/compose.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { createOutboxModule } from '#core/outbox/module.ts';
import { createRevocationModule } from '#core/revocation/module.ts';
import { createTokensModule } from '#core/tokens/module.ts';
import { createUsersModule } from '#core/users/module.ts';
import type { Brand } from '#features/branding/brand.ts';
import { createBrandingModule } from '#features/branding/module.ts';
import { createWebhookRegistration } from '#features/webhooks/module.ts';
import { createClientAccessModule } from '#features/client-access/module.ts';
import { createGroupsModule } from '#features/groups/module.ts';
import { createIdentityProvidersModule } from '#features/identity-providers/module.ts';
import { createOrganizationsModule } from '#features/organizations/module.ts';
import { createRolesModule } from '#features/roles/module.ts';
import { noMetrics } from '#platform/metrics/metrics.ts';
import { joinTransaction } from '#platform/database/joined-database.ts';
import { createConfiguration, type Configuration } from './configuration.service.ts';
import type { ClientWriters } from './kinds/clients.service.ts';

export const configurationModule: Module = { name: 'configuration-as-code', tables: [], mails: [] };

export interface ConfigurationModuleDependencies extends Runtime {
  readonly invalidation: Invalidation;
  /** The brand that BRANDING sets. */
  readonly configuredBrand: Brand | undefined;
}

/** The services that share the transaction of a file. */
export type JoinedServices = ReturnType<typeof createJoinedServices>;

/** Loads the services that write clients: they need oidc-provider, which is created on first use. */
export type PrepareClientWriters = () => Promise<(services: JoinedServices) => ClientWriters>;

export function createConfigurationModule(dependencies: ConfigurationModuleDependencies) {
  const { db, invalidation } = dependencies;
  const { issuer } = dependencies.config;
  const by = { kind: 'operator' } as const;
  return {
    configurationOver: (prepareWriters: PrepareClientWriters): Configuration =>
      createConfiguration({
        db,
        publish: (change) => invalidation.publish(change),
        async prepare() {
          const createWriters = await prepareWriters();
          return (tx, publish) => {
            const services = createJoinedServices(dependencies, tx, publish);
            const clientWriters = createWriters(services);
            const administrator = { actor: by, scopes: 'all' } as const;
            return { ...services, clientWriters, issuer, by, administrator };
          };
        },
      }),
  };
}

/** New instances, because those of the process use other connections and caches. */
function createJoinedServices(
  runtime: ConfigurationModuleDependencies,
  tx: Knex.Transaction,
  publish: (change: Change) => void,
) {
  const { config, log, now, shortLived, channels, keyring, requestOrigin, requestDevice } = runtime;
  const { configuredBrand, observation } = runtime;
  // The transaction is one act of the operator: the audit log records it, and the metrics do not.
  const measures = { metrics: noMetrics, observation };
  const db = joinTransaction(runtime.db, tx);
  const invalidation = deferInvalidation(publish);
  const connections = { db, shortLived, channels, keyring, invalidation };
  const brand = { configuredBrand, showsPages: false };
  const slots = { requestOrigin, requestDevice };
  return compose({ config, log, now, ...measures, ...slots, ...connections, ...brand })
    .add(createUsersModule)
    .add(createAuditModule)
    .add(createAccessControlModule)
    .add(createClientsModule)
    .add(createOutboxModule)
    .add(createApprovalsModule)
    .add(createTokensModule)
    .add(createRevocationModule)
    .add(createRolesModule)
    .add(createGroupsModule)
    .add(createOrganizationsModule)
    .add(createClientAccessModule)
    .add(createIdentityProvidersModule)
    .add(createBrandingModule)
    .add(createWebhookRegistration).services;
}

/** Invalidations follow the commit. The new caches are empty, and discarded with the transaction. */
function deferInvalidation(publish: (change: Change) => void): Invalidation {
  return {
    subscribe: () => undefined,
    publish: async (change) => publish(change),
    listen: () => ({ close: async () => undefined }),
  };
}
