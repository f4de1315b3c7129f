// Webhooks: events of the audit log for other systems.
import type { AuditChain } from '#core/audit/chain/audit-chain.service.ts';
import type { AuditSearchStore } from '#core/audit/audit-search.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { OutboxWorker } from '#core/outbox/worker.service.ts';
import { createOutboundAddresses, createOutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import { createWebhookAttemptStore } from './webhook-attempts.store.ts';
import { createWebhookDelivery } from './webhook-delivery.service.ts';
import { createWebhookQueue } from './webhook-queue.service.ts';
import { webhookTables } from './webhooks-tables.store.ts';
import { createWebhookHandler } from './webhooks.jobs.ts';
import { createWebhookService } from './webhooks.service.ts';
import { createWebhookStore } from './webhooks.store.ts';

export const webhooksModule: Module = { name: 'webhooks', tables: webhookTables, mails: [] };

export interface WebhooksDependencies extends Runtime {
  readonly audit: Audit;
  readonly auditChain: AuditChain;
  readonly auditSearchStore: AuditSearchStore;
  readonly outbox: Outbox;
  readonly outboxWorker: OutboxWorker;
}

/** The services for webhooks, without delivery. */
export function createWebhookRegistration(dependencies: Runtime & { readonly audit: Audit }) {
  const { config, db, now } = dependencies;
  const addresses = createOutboundAddresses({ allow: config.outboundAllow });
  const webhookStore = createWebhookStore(db, now);
  return { webhookService: createWebhookService({ ...dependencies, webhookStore, addresses }) };
}

export function createWebhooksModule(dependencies: WebhooksDependencies) {
  const { auditChain, outboxWorker, config, db, now } = dependencies;
  const { outboundAllow: allow } = config;
  const webhookStore = createWebhookStore(db, now);
  const webhookAttempts = createWebhookAttemptStore(db);
  const { webhookService } = createWebhookRegistration(dependencies);
  const parts = { ...dependencies, webhookStore, webhookAttempts, webhookService };
  const webhookQueue = createWebhookQueue(parts);
  const webhookDelivery = createWebhookDelivery({
    ...parts,
    fetch: createOutboundFetch({ allow, observation: dependencies.observation }),
  });
  auditChain.whenSealing(webhookQueue.queue);
  outboxWorker.registerHandler('webhook', createWebhookHandler({ ...parts, webhookDelivery }));
  return { webhookService, webhookQueue, webhookDelivery, webhookAttempts };
}
