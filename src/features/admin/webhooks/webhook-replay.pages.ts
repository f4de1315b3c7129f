// Sends events to a webhook again: one from the log of deliveries, or all since a time.
import type { Form } from '#http/request/input.ts';
import type { Context } from '#http/context.ts';
import { AppError } from '#platform/errors.ts';
import { describeExactly, plural } from '#features/admin/page/formatting.ts';
import type { PanelPage } from '#features/admin/page/page-model.ts';
import type { EntityAction } from '#features/admin/panel/entity-actions.pages.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import type { Replay, WebhookQueue } from '#features/webhooks/webhook-queue.service.ts';
import type { Webhook } from '#features/webhooks/webhooks.ts';
import { requireAuditAccess } from './webhook-form.pages.ts';
import { webhookPath } from './webhook-list.pages.ts';

export interface WebhookReplayDependencies {
  readonly webhookQueue: WebhookQueue;
}

/** The id of the event that the link or the form names, if any. */
function eventOf(ctx: Context, form: Form | undefined): string {
  return form?.get('event') ?? new URLSearchParams(ctx.querystring).get('event') ?? '';
}

export function replayEvents({ webhookQueue }: WebhookReplayDependencies): EntityAction<Webhook> {
  return {
    name: 'replay',
    title: (_webhook, { ctx, form }) =>
      eventOf(ctx, form) === '' ? 'Send events again?' : 'Send this event again?',
    lead: () => 'The receiver gets the same message IDs and must recognize those it already has.',
    submit: 'Send again',
    fields: (_webhook, { ctx, form }) => {
      const event = eventOf(ctx, form);
      if (event !== '') return [{ name: 'event', label: '', type: 'hidden', value: event }];
      return [
        {
          name: 'since',
          label: 'All events since (UTC)',
          type: 'datetime-local',
          isRequired: true,
          value: form?.get('since'),
          hint: 'At most 10,000 at once, the oldest first.',
        },
      ];
    },
    async act(webhook, { visit, form }) {
      requireAuditAccess(visit);
      const event = form.get('event');
      if (event !== '') {
        await webhookQueue.replayEvent(webhook.id, event, visit.actor);
        return { to: withNotice(webhookPath(webhook.id), 'replayed') };
      }
      const since = readSince(form.get('since'));
      return resultPage(webhook, await webhookQueue.replaySince(webhook.id, since, visit.actor));
    },
  };
}

/** @throws AppError `invalid_input` */
function readSince(text: string): Date {
  const since = new Date(`${text}Z`);
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text) && !Number.isNaN(since.getTime())) return since;
  throw new AppError('invalid_input', 'Enter a start time, for example: 2026-05-04T12:00.');
}

function resultPage({ id, url }: Webhook, { queued, nextSince }: Replay): PanelPage {
  const more =
    nextSince === undefined
      ? ''
      : ` There are more: continue with the time ${describeExactly(nextSince)}.`;
  return {
    title: queued === 0 ? 'There is nothing to send' : `${plural(queued, 'event')} sent again`,
    lead:
      queued === 0
        ? 'No matching events since then.'
        : `The log of deliveries shows them within seconds.${more}`,
    back: { label: new URL(url).host, href: webhookPath(id) },
    blocks: [],
  };
}
