// Records the result of a delivery attempt: delivered, to be retried, or failed permanently. A permanent
// failure is recorded in the audit log, because a client or user was not notified. A failed webhook is not
// recorded: webhooks deliver the audit log, so each such event would cause another message.
import { systemActor } from '#core/audit/audit.ts';
import { afterPause, nextAttemptAt, RetryLater, Undeliverable } from './outbox.ts';
import { maskText } from '#platform/logging/log-fields.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { DeliveryCounter } from './metrics/outbox-metrics.service.ts';
import type { ClaimedItem, OutboxStore } from './outbox.store.ts';

const maxReasonLength = 300;

export interface OutboxLogDependencies {
  readonly db: Database;
  readonly store: OutboxStore;
  readonly audit: Audit;
  readonly deliveries: DeliveryCounter;
  readonly log: Log;
  readonly now: () => Date;
  /** Random number from 0 to 1. */
  readonly chance: () => number;
}

export function createOutboxLog(dependencies: OutboxLogDependencies) {
  const { db, store, audit, deliveries, log, now, chance } = dependencies;

  async function giveUp(item: ClaimedItem, reason: string): Promise<void> {
    const { id, kind, userId, clientId, attempts } = item;
    const done = await db.transaction(async (tx) => {
      if (!(await store.bury(item, now(), reason, tx))) return false;
      if (kind === 'webhook') return true;
      const event = 'notice.undelivered';
      const details = { outboxId: id, kind, attempts };
      await audit.append({ event, actor: systemActor, userId, clientId, details }, tx);
      return true;
    });
    if (!done) return;
    deliveries.add({ kind, outcome: 'given_up' });
    log.error(
      { event: 'outbox.given_up', task: id, kind, userId, clientId, attempts, detail: reason },
      'a job failed permanently and is not retried',
    );
  }

  return {
    async sent(item: ClaimedItem): Promise<void> {
      await store.markSent(item, now());
      const { id, kind, userId, clientId, attempts } = item;
      deliveries.add({ kind, outcome: 'sent' });
      log.info({ event: 'outbox.sent', task: id, kind, userId, clientId, attempts }, 'delivered');
    },
    async failed(item: ClaimedItem, error: unknown): Promise<void> {
      const { id, kind, userId, clientId, attempts } = item;
      const reason = describe(error);
      const at = now();
      const usual =
        error instanceof Undeliverable ? undefined : nextAttemptAt(attempts, at, chance(), kind);
      if (!usual) return giveUp(item, reason);
      const next = error instanceof RetryLater ? afterPause(usual, at, error.seconds) : usual;
      await store.retryAt(item, next, reason);
      deliveries.add({ kind, outcome: 'postponed' });
      log.warn(
        { event: 'outbox.postponed', task: id, kind, userId, clientId, attempts, detail: reason },
        'a job could not be delivered; retrying',
      );
    },
  };
}

export type OutboxLog = ReturnType<typeof createOutboxLog>;

/** A description for operators, without email addresses. */
function describe(error: unknown): string {
  const parts: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 3; at = at.cause, depth += 1) {
    const code = 'code' in at && typeof at.code === 'string' ? ` (${at.code})` : '';
    parts.push(`${at.message}${code}`);
  }
  return maskText(parts.join(' - ')).slice(0, maxReasonLength);
}
