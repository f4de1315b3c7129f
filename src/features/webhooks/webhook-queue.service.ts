// Queues the messages of webhooks: once per event, when the audit log is sealed, and again for a replay. A
// job contains only the id of the event, which is read when it is sent, so that erased personal data is not
// sent.
import type { Knex } from 'knex';
import type { AuditActor } from '#core/audit/audit.ts';
import type { AuditSearchStore } from '#core/audit/audit-search.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Outbox, WebhookOrder } from '#core/outbox/outbox.service.ts';
import type { Database } from '#platform/database/postgres.ts';
import { AppError } from '#platform/errors.ts';
import { isUuid } from '#platform/uuid.ts';
import { receives, webhookEvents, type Webhook } from './webhooks.ts';
import type { WebhookStore } from './webhooks.store.ts';
import type { WebhookService } from './webhooks.service.ts';

/** Maximum number of events that one replay queues. */
const maxReplayed = 10_000;

export interface WebhookQueueDependencies {
  readonly db: Database;
  readonly webhookStore: WebhookStore;
  readonly webhookService: WebhookService;
  readonly auditSearchStore: AuditSearchStore;
  readonly audit: Audit;
  readonly outbox: Outbox;
}

interface EventName {
  readonly id: string;
  readonly event: string;
}

export interface Replay {
  readonly queued: number;
  /** Where to continue if there were more events than one replay queues. */
  readonly nextSince: Date | undefined;
}

export function createWebhookQueue(dependencies: WebhookQueueDependencies) {
  const { webhookStore, auditSearchStore: events, outbox } = dependencies;

  return {
    /** Called with the events that a transaction seals, in that transaction. */
    async queue(rows: readonly EventName[], tx: Knex): Promise<void> {
      const webhooks = await webhookStore.listEnabled(tx);
      if (webhooks.length === 0) return;
      await outbox.add(
        rows.flatMap((row) =>
          webhooks
            .filter((webhook) => receives(webhook, row.event))
            .map(({ id }) => orderOf(id, row)),
        ),
        tx,
      );
    },
    /** Sends one event again. @throws AppError `not_found`, or `conflict` if the webhook is disabled */
    async replayEvent(webhookId: string, eventId: string, by: AuditActor): Promise<Replay> {
      const webhook = await requireEnabled(dependencies, webhookId);
      const found = isUuid(eventId) ? await events.find(eventId) : undefined;
      if (!found || !receives(webhook, found.event)) {
        throw new AppError('not_found', 'There is no such event that this webhook receives.');
      }
      await add(dependencies, webhook, [found], { by, details: { event: found.id } });
      return { queued: 1, nextSince: undefined };
    },
    /** Sends the events since a time again. @throws AppError as above */
    async replaySince(webhookId: string, since: Date, by: AuditActor): Promise<Replay> {
      const webhook = await requireEnabled(dependencies, webhookId);
      const names = webhook.events ?? webhookEvents;
      const found = await events.listSince(since, names, maxReplayed);
      const details = { since: since.toISOString(), count: found.length };
      await add(dependencies, webhook, found, { by, details });
      const nextSince = found.length === maxReplayed ? found.at(-1)?.at : undefined;
      return { queued: found.length, nextSince };
    },
  };
}

export type WebhookQueue = ReturnType<typeof createWebhookQueue>;

async function requireEnabled(
  { webhookService }: WebhookQueueDependencies,
  id: string,
): Promise<Webhook> {
  const webhook = await webhookService.find(id);
  if (webhook.disabledReason === undefined) return webhook;
  throw new AppError('conflict', 'The webhook is disabled. Enable it first.');
}

async function add(
  { db, audit, outbox }: WebhookQueueDependencies,
  { id }: Webhook,
  found: readonly EventName[],
  { by, details }: { readonly by: AuditActor; readonly details: object },
): Promise<void> {
  await db.transaction(async (tx) => {
    await outbox.add(
      found.map((each) => orderOf(id, each)),
      tx,
    );
    const entry = { event: 'webhook.replayed', actor: by } as const;
    await audit.append({ ...entry, details: { webhook: id, ...details } }, tx);
  });
}

function orderOf(webhookId: string, { id: eventId }: EventName): WebhookOrder {
  return { kind: 'webhook', userId: undefined, webhookId, eventId };
}
