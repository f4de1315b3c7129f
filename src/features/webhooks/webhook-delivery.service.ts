// Sends messages to webhooks, logs every attempt, and suspends a webhook that keeps failing. The outbox
// decides about retries.
import { randomUUID } from 'node:crypto';
import { systemActor, type AuditActor } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import { RetryLater, Undeliverable } from '#core/outbox/outbox.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { timeOrderedUuid } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import { describeRequestFailure } from '#platform/outbound/request-failure.ts';
import { readRetryAfter } from './retry-after.ts';
import { signedHeaders } from './standard-webhooks.ts';
import type { WebhookAttemptStore } from './webhook-attempts.store.ts';
import {
  testEvent,
  type Attempt,
  type Webhook,
  type DisabledReason,
  type WebhookWithSecrets,
  webhookContext,
} from './webhooks.ts';
import type { WebhookService } from './webhooks.service.ts';
import type { WebhookStore } from './webhooks.store.ts';

/** Shorter than the time limit of the job, so that the attempt is logged. */
const requestMilliseconds = 10_000;
/** A webhook without a success for this long is disabled. */
const suspendedAfterMilliseconds = 3 * 24 * 60 * 60 * 1000;

export interface WebhookDeliveryDependencies {
  readonly db: Database;
  readonly webhookStore: WebhookStore;
  readonly webhookAttempts: WebhookAttemptStore;
  readonly webhookService: WebhookService;
  readonly audit: Audit;
  readonly keyring: Keyring;
  readonly fetch: OutboundFetch;
  readonly now: () => Date;
}

export interface WebhookMessage {
  /** The message id, which is the same for every attempt and replay. */
  readonly id: string;
  readonly type: string;
  readonly time: Date;
  readonly data: object;
}

export interface AttemptOptions {
  readonly attempt: number;
  readonly signal?: AbortSignal;
}

export function createWebhookDelivery(dependencies: WebhookDeliveryDependencies) {
  const { db, audit, webhookService, now } = dependencies;

  return {
    /**
     * Sends a message as a job.
     * @throws Error when it must be retried, `Undeliverable` when a retry is pointless
     */
    async deliver(
      webhook: WebhookWithSecrets,
      message: WebhookMessage,
      options: AttemptOptions,
    ): Promise<void> {
      const { result, pauseSeconds } = await attempt(dependencies, webhook, message, options);
      const { status, error } = result;
      // Unconditional, because another attempt may have failed since the webhook was read.
      if (error === undefined) return dependencies.webhookStore.markSucceeded(webhook);
      if (await giveUp(dependencies, webhook, status)) throw new Undeliverable(error);
      if (pauseSeconds !== undefined) throw new RetryLater(error, pauseSeconds);
      throw new Error(error);
    },
    /** Sends a test message once, also to a disabled webhook. @throws AppError `not_found` */
    async test(id: string, by: AuditActor): Promise<Attempt> {
      const webhook = await webhookService.find(id);
      const data = { webhook_id: id, text: 'This is a test.' };
      const message = { id: randomUUID(), type: testEvent, time: now(), data };
      const { result } = await attempt(dependencies, webhook, message, { attempt: 1 });
      const details = { webhook: id, status: result.status ?? null };
      await db.transaction(async (tx) => {
        await audit.append({ event: 'webhook.tested', actor: by, details }, tx);
      });
      return result;
    },
  };
}

export type WebhookDelivery = ReturnType<typeof createWebhookDelivery>;

/** Sends a message once, and logs it. */
async function attempt(
  dependencies: WebhookDeliveryDependencies,
  webhook: WebhookWithSecrets,
  message: WebhookMessage,
  { attempt: number, signal }: AttemptOptions,
): Promise<{ readonly result: Attempt; readonly pauseSeconds: number | undefined }> {
  const { webhookAttempts, now } = dependencies;
  const at = now();
  const started = performance.now();
  const limit = AbortSignal.timeout(requestMilliseconds);
  const { pauseSeconds, ...outcome } = await send(dependencies, webhook, message, {
    at,
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
  });
  const result = {
    id: timeOrderedUuid(at),
    messageId: message.id,
    type: message.type,
    at,
    attempt: number,
    milliseconds: Math.round(performance.now() - started),
    ...outcome,
  };
  await webhookAttempts.add(webhook.id, result);
  return { result, pauseSeconds };
}

type Outcome = Pick<Attempt, 'status' | 'error'> & { readonly pauseSeconds: number | undefined };

async function send(
  { keyring, fetch }: WebhookDeliveryDependencies,
  { id, url, secret, previousSecret }: WebhookWithSecrets,
  message: WebhookMessage,
  { at, signal }: { readonly at: Date; readonly signal: AbortSignal },
): Promise<Outcome> {
  const body = JSON.stringify({ ...message, time: message.time.toISOString() });
  const secrets = [secret, ...(previousSecret === undefined ? [] : [previousSecret])];
  const plain = secrets.map((sealed) => keyring.open(sealed, webhookContext(id)).toString());
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Ostiary-Webhooks',
    ...signedHeaders({ id: message.id, sentAt: at, body }, plain),
  };
  try {
    const answer = await fetch(url, { method: 'POST', headers, body, signal });
    const { status } = answer;
    if (status >= 200 && status < 300) return { status, error: undefined, pauseSeconds: undefined };
    const isBusy = status === 429 || status === 503;
    const pauseSeconds = isBusy ? readRetryAfter(answer.headers.get('retry-after'), at) : undefined;
    return { status, error: `The endpoint responded with status ${status}.`, pauseSeconds };
  } catch (error) {
    return {
      status: undefined,
      error: describeRequestFailure(error, 'endpoint'),
      pauseSeconds: undefined,
    };
  }
}

/** Records a failure; true if the webhook is now disabled. */
async function giveUp(
  dependencies: WebhookDeliveryDependencies,
  webhook: Webhook,
  status: number | undefined,
): Promise<boolean> {
  const { webhookStore, now } = dependencies;
  const { failingSince } = webhook;
  if (status === 410) return suspend(dependencies, webhook, 'gone');
  if (!failingSince) await webhookStore.markFailed(webhook, now());
  if (!failingSince || now().getTime() - failingSince.getTime() < suspendedAfterMilliseconds) {
    return false;
  }
  return suspend(dependencies, webhook, 'failing');
}

async function suspend(
  { db, webhookStore, audit, now }: WebhookDeliveryDependencies,
  webhook: Webhook,
  reason: DisabledReason,
): Promise<boolean> {
  const { id, failingSince } = webhook;
  return db.transaction(async (tx) => {
    const since = reason === 'failing' ? { failingSince } : {};
    if (!(await webhookStore.suspend(webhook, { at: now(), reason, ...since }, tx))) return false;
    const details = { webhook: id, cause: reason };
    await audit.append({ event: 'webhook.suspended', actor: systemActor, details }, tx);
    return true;
  });
}
