// webhook rotate-secret, test and replay.
import { UsageError } from '#cli/framework/arguments.ts';
import { describeValues } from '#cli/framework/columns.ts';
import type { Arguments, Command } from '#cli/framework/command.ts';
import { readInstant } from '#cli/framework/instants.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { presentAttempt } from '#features/webhooks/present-webhook.ts';
import type { WebhookDelivery } from '#features/webhooks/webhook-delivery.service.ts';
import type { WebhookQueue } from '#features/webhooks/webhook-queue.service.ts';
import { maxOverlapSeconds, usualOverlapSeconds } from '#features/webhooks/webhooks.ts';
import type { WebhookService } from '#features/webhooks/webhooks.service.ts';

export const webhookRotateSecret: Command<{ readonly webhookService: WebhookService }> = {
  name: 'webhook rotate-secret',
  summary: 'Give a webhook a new secret; the previous one also signs for a while.',
  operand: 'ID',
  options: {
    overlap: {
      value: 'SECONDS',
      meaning: 'How long the previous secret also signs, at most 30 days; default one day',
    },
  },
  check: (args) => void readOverlap(args),
  async run({ webhookService }, args) {
    const rotated = await webhookService.rotateSecret(args.operand, {
      by: commandLineActor,
      overlapSeconds: readOverlap(args),
    });
    const { id, plainSecret: secret, previousSecretExpiresAt } = rotated;
    const validUntil = previousSecretExpiresAt?.toISOString();
    const previous = validUntil
      ? `The previous secret also signs until ${validUntil}.`
      : 'The previous secret signs no longer.';
    return {
      document: { id, secret, previous_secret_valid_until: validUntil ?? null },
      text: `The new secret, shown only once:\n\n${secret}\n\n${previous}\n`,
    };
  },
};

export const webhookTest: Command<{ readonly webhookDelivery: WebhookDelivery }> = {
  name: 'webhook test',
  summary: 'Send a webhook.test message once, and show the result.',
  operand: 'ID',
  options: {},
  async run({ webhookDelivery }, { operand }) {
    const document = presentAttempt(await webhookDelivery.test(operand, commandLineActor));
    return {
      document,
      text: describeValues(document),
      exitCode: document.delivered ? 0 : 1,
    };
  },
};

export const webhookReplay: Command<{ readonly webhookQueue: WebhookQueue }> = {
  name: 'webhook replay',
  summary: 'Send an event again, or all events since a time.',
  operand: 'ID',
  options: {
    event: { value: 'EVENT_ID', meaning: 'The id of the event, as `webhook show` lists it' },
    since: { value: 'TIME', meaning: 'Send the events since this time, at most 10000' },
  },
  check: (args) => void readWhat(args),
  async run({ webhookQueue }, args) {
    const { eventId, since } = readWhat(args);
    const { queued, nextSince } = await (since
      ? webhookQueue.replaySince(args.operand, since, commandLineActor)
      : webhookQueue.replayEvent(args.operand, eventId ?? '', commandLineActor));
    const more = nextSince ? `There are more: use --since ${nextSince.toISOString()}\n` : '';
    return {
      document: { queued, next_since: nextSince?.toISOString() ?? null },
      text: `Messages queued: ${queued}\n${more}`,
    };
  },
};

/** @throws UsageError */
function readWhat(args: Arguments): { eventId: string | undefined; since: Date | undefined } {
  const [eventId, since] = [args.text('event'), readInstant(args, 'since')];
  if ((eventId === undefined) !== (since === undefined)) return { eventId, since };
  throw new UsageError('Exactly one of --event, --since is required.');
}

/** @throws UsageError */
function readOverlap(args: Arguments): number {
  const text = args.text('overlap') ?? String(usualOverlapSeconds);
  if (/^\d{1,7}$/.test(text) && Number(text) <= maxOverlapSeconds) return Number(text);
  throw new UsageError(`--overlap must be 0 to ${maxOverlapSeconds} seconds.`);
}
