// Registers, changes and deletes webhooks on behalf of an operator. Messages are sent in
// webhook-delivery.service.ts.
import type { Knex } from 'knex';
import type { AuditActor, AuditEvent } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { equalBytes } from '#platform/crypto/hashing.ts';
import { timeOrderedUuid } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/database/postgres.ts';
import { AppError } from '#platform/errors.ts';
import type { OutboundAddresses } from '#platform/outbound/outbound-fetch.ts';
import { cutPage, type Page, type PageRequest } from '#platform/paging.ts';
import { createWebhookSecret } from './standard-webhooks.ts';
import {
  isWebhookUrl,
  type Webhook,
  type WebhookChanges,
  type WebhookSettings,
  type WebhookWithSecrets,
  webhookContext,
} from './webhooks.ts';
import type { WebhookStore } from './webhooks.store.ts';

export interface WebhookServiceDependencies {
  readonly db: Database;
  readonly webhookStore: WebhookStore;
  readonly audit: Audit;
  readonly keyring: Keyring;
  readonly addresses: OutboundAddresses;
  readonly now: () => Date;
}

export interface WebhookChange {
  readonly by: AuditActor;
  /** Receives the webhook as it is before the change, and throws to refuse the change. */
  readonly check?: (before: Webhook) => void;
}

export interface Rotation {
  readonly by: AuditActor;
  /** How long messages are also signed with the previous secret; 0 to stop at once. */
  readonly overlapSeconds: number;
  /** A generated one by default. */
  readonly secret?: string | undefined;
}

export interface RequestedWebhook extends WebhookSettings {
  /** A generated one by default. */
  readonly secret?: string | undefined;
}

export type NewWebhook = Webhook & { readonly plainSecret: string };

export function createWebhookService(dependencies: WebhookServiceDependencies) {
  const { db, webhookStore: store, audit, addresses, keyring, now } = dependencies;

  async function find(id: string): Promise<WebhookWithSecrets> {
    const webhook = await store.find(id);
    if (webhook) return webhook;
    throw new AppError('not_found', 'Webhook not found.');
  }

  async function record(
    { event, id, by }: { event: AuditEvent; id: string; by: AuditActor },
    details: Readonly<Record<string, unknown>>,
    tx: Knex,
  ): Promise<void> {
    await audit.append({ event, actor: by, details: { webhook: id, ...details } }, tx);
  }

  return {
    /** @throws AppError `not_found` */
    find,
    labelsOf: store.labelsOf,
    /** True if messages are currently signed with this secret. */
    async hasSecret(id: string, plainSecret: string): Promise<boolean> {
      const { secret } = await find(id);
      return equalBytes(keyring.open(secret, webhookContext(id)), Buffer.from(plainSecret));
    },
    /** The URL in its normal form. @throws AppError `invalid_input` */
    requireUrl: (text: string) => requireUrl(text, addresses),
    /** In the order of creation. */
    async list({ after, limit }: PageRequest): Promise<Page<Webhook>> {
      const found = await store.list(after?.[0], limit + 1);
      return cutPage(found, limit, ({ id }) => [id]);
    },
    /**
     * Returns the secret, which is not shown again.
     * @param join runs in the transaction of the creation
     */
    async create(
      { secret: plainSecret = createWebhookSecret(), ...settings }: RequestedWebhook,
      by: AuditActor,
      join?: (created: Webhook, tx: Knex) => Promise<void>,
    ): Promise<NewWebhook> {
      const url = requireUrl(settings.url, addresses);
      const createdAt = now();
      const id = timeOrderedUuid(createdAt);
      const secret = keyring.seal(plainSecret, webhookContext(id));
      const webhook = { ...fresh, ...settings, url, id, createdAt };
      await db.transaction(async (tx) => {
        await store.insert({ ...webhook, secret }, tx);
        await join?.(webhook, tx);
        await record({ event: 'webhook.created', id, by }, { host: new URL(url).host }, tx);
      });
      return { ...webhook, plainSecret };
    },
    /** @throws AppError `not_found`, or `conflict` after a concurrent change */
    async update(id: string, changes: WebhookChanges, change: WebhookChange): Promise<Webhook> {
      const before = await find(id);
      change.check?.(before);
      const { url } = changes;
      const checked = url === undefined ? changes : { ...changes, url: requireUrl(url, addresses) };
      await db.transaction(async (tx) => {
        if (!(await store.update(before, checked, now(), tx))) throw changedMeanwhile();
        const details = { members: Object.keys(changes) };
        await record({ event: 'webhook.updated', id, by: change.by }, details, tx);
      });
      return find(id);
    },
    /** @throws AppError `not_found`, or `conflict` after a concurrent change */
    async rotateSecret(id: string, rotation: Rotation): Promise<NewWebhook> {
      const { by, overlapSeconds, secret: plainSecret = createWebhookSecret() } = rotation;
      const before = await find(id);
      const secret = keyring.seal(plainSecret, webhookContext(id));
      const expiresAt =
        overlapSeconds === 0 ? undefined : new Date(now().getTime() + overlapSeconds * 1000);
      await db.transaction(async (tx) => {
        if (!(await store.rotate(before, secret, expiresAt, tx))) throw changedMeanwhile();
        await record({ event: 'webhook.secret_rotated', id, by }, { overlapSeconds }, tx);
      });
      return { ...(await find(id)), plainSecret };
    },
    /** Deletes its pending messages too. @throws AppError `not_found` */
    async remove(id: string, by: AuditActor): Promise<void> {
      await find(id);
      await db.transaction(async (tx) => {
        if (!(await store.remove(id, tx))) {
          throw new AppError('not_found', 'Webhook not found.');
        }
        await record({ event: 'webhook.deleted', id, by }, {}, tx);
      });
    },
  };
}

export type WebhookService = ReturnType<typeof createWebhookService>;

const fresh = {
  previousSecretExpiresAt: undefined,
  failingSince: undefined,
  disabledReason: undefined,
  version: 1,
} as const;

/**
 * The URL in its normal form. A name is resolved with every request, and its addresses checked then.
 * @throws AppError `invalid_input`
 */
function requireUrl(text: string, addresses: OutboundAddresses): string {
  if (!isWebhookUrl(text)) {
    const message = 'The URL must be an https URL without user, password and fragment.';
    throw new AppError('invalid_input', message);
  }
  const url = new URL(text);
  if (addresses.isRefused(url)) {
    const message = 'The URL leads to an address that is not public, and not in OUTBOUND_ALLOW.';
    throw new AppError('invalid_input', message);
  }
  return url.href;
}

function changedMeanwhile(): AppError {
  const message = 'The webhook was changed at the same time. Please try again.';
  return new AppError('conflict', message);
}
