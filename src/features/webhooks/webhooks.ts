// Webhooks: endpoints of other systems that receive events of the audit log.
import { auditEvents, type AuditEvent } from '#core/audit/audit.ts';
import { isLoopbackHost } from '#platform/outbound/networks.ts';

/** `failing`: no attempt succeeded for days. `gone`: the endpoint responded with 410. */
export type DisabledReason = 'operator' | 'failing' | 'gone';

export interface WebhookSettings {
  readonly url: string;
  readonly description: string | undefined;
  /** `undefined`: all events. */
  readonly events: readonly AuditEvent[] | undefined;
  /** True if messages contain personal data, such as addresses and devices. */
  readonly personalData: boolean;
}

export interface Webhook extends WebhookSettings {
  readonly id: string;
  readonly previousSecretExpiresAt: Date | undefined;
  /** Time since which no attempt has succeeded. */
  readonly failingSince: Date | undefined;
  /** `undefined` while the webhook receives events. */
  readonly disabledReason: DisabledReason | undefined;
  /** Increases with every change by an operator. */
  readonly version: number;
  readonly createdAt: Date;
}

/** The encrypted secrets with which messages are signed. */
export interface WebhookWithSecrets extends Webhook {
  readonly secret: string;
  /** `undefined` after it has expired. */
  readonly previousSecret: string | undefined;
}

export interface WebhookChanges extends Partial<WebhookSettings> {
  readonly isEnabled?: boolean;
}

/** One attempt to deliver a message. */
export interface Attempt {
  readonly id: string;
  /** Id of the audit event, or of a test. */
  readonly messageId: string;
  readonly type: string;
  readonly at: Date;
  /** From 1; a replay starts again. */
  readonly attempt: number;
  readonly milliseconds: number;
  /** `undefined`: there was no response. */
  readonly status: number | undefined;
  /** `undefined`: it succeeded. */
  readonly error: string | undefined;
}

export const testEvent = 'webhook.test';
export const maxOverlapSeconds = 30 * 24 * 60 * 60;
export const usualOverlapSeconds = 24 * 60 * 60;
const maxUrlLength = 2000;

/**
 * Events that webhooks can receive. The event that a delivery can cause is excluded, so that no delivery
 * leads to another one.
 */
export const webhookEvents: readonly AuditEvent[] = auditEvents.filter(
  (event) => event !== 'webhook.suspended',
);

export function receives({ events }: Pick<Webhook, 'events'>, event: string): boolean {
  if (events) return events.some((each) => each === event);
  return webhookEvents.some((each) => each === event);
}

/**
 * An https URL without user, password and fragment. Plain HTTP is accepted for this machine only,
 * which OUTBOUND_ALLOW must also permit.
 */
export function isWebhookUrl(text: string): boolean {
  const url = URL.parse(text);
  if (!url || text.length > maxUrlLength || url.hash !== '') return false;
  if (url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
}

/** Binds the encrypted secrets of a webhook to it. */
export function webhookContext(id: string): string {
  return `webhook ${id}`;
}
