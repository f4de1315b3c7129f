// A webhook and its attempts as the command line and the API show them.
import type { Attempt, Webhook } from './webhooks.ts';

export function presentWebhook(webhook: Webhook) {
  const { id, url, description, events, personalData, disabledReason } = webhook;
  return {
    id,
    url,
    description: description ?? null,
    events: events ? [...events] : null,
    personal_data: personalData,
    enabled: disabledReason === undefined,
    disabled_reason: disabledReason ?? null,
    failing_since: webhook.failingSince?.toISOString() ?? null,
    previous_secret_valid_until: webhook.previousSecretExpiresAt?.toISOString() ?? null,
    created_at: webhook.createdAt.toISOString(),
  };
}

export function presentAttempt(attempt: Attempt) {
  return {
    message_id: attempt.messageId,
    type: attempt.type,
    at: attempt.at.toISOString(),
    attempt: attempt.attempt,
    delivered: attempt.error === undefined,
    status: attempt.status ?? null,
    milliseconds: attempt.milliseconds,
    error: attempt.error ?? null,
  };
}
