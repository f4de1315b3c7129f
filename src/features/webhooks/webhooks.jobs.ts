// The handler of webhook jobs: reads the event and sends it.
import type { AuditSearchStore } from '#core/audit/audit-search.store.ts';
import { presentEvent } from '#core/audit/present-event.api.ts';
import { Undeliverable } from '#core/outbox/outbox.ts';
import type { JobHandler } from '#core/outbox/worker.service.ts';
import type { WebhookDelivery } from './webhook-delivery.service.ts';
import type { WebhookStore } from './webhooks.store.ts';

export interface WebhookJobDependencies {
  readonly webhookStore: WebhookStore;
  readonly auditSearchStore: AuditSearchStore;
  readonly webhookDelivery: WebhookDelivery;
}

export function createWebhookHandler(dependencies: WebhookJobDependencies): JobHandler<'webhook'> {
  const { webhookStore, auditSearchStore, webhookDelivery } = dependencies;
  return async ({ webhookId, eventId }, { attempt, signal }) => {
    const webhook = await webhookStore.find(webhookId);
    if (!webhook || webhook.disabledReason !== undefined) {
      throw new Undeliverable('The webhook was deleted or is disabled.');
    }
    const event = await auditSearchStore.find(eventId);
    if (!event) throw new Undeliverable('The event is no longer in the audit log.');
    const presented = presentEvent(event);
    const data = webhook.personalData ? presented : { ...presented, personal: null };
    const message = { id: event.id, type: event.event, time: event.at, data };
    await webhookDelivery.deliver(webhook, message, { attempt, signal });
  };
}
